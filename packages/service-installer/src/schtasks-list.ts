import type { ServiceRuntime } from "./service-state.ts";

/** Result of a task that runs, and of one that has not run yet. */
const RUNNING = 267_009;
const NOT_YET = 267_011;

/**
 * Reads `schtasks /Query /V /FO LIST`. The names are in the language of the machine: without the English ones only the
 * result is looked for, which is the same number everywhere.
 */
export function taskRuntime(listed: string): ServiceRuntime {
  const values = new Map<string, string>();
  for (const line of listed.split(/\r?\n/u)) {
    const match = /^([^:]+):\s*(.*)$/u.exec(line);
    const name = match?.[1]?.trim().toLowerCase();
    if (name !== undefined && !values.has(name)) values.set(name, (match?.[2] ?? "").trim());
  }
  const state = values.get("status");
  const result = values.get("last run result") ?? values.get("last result");
  const time = values.get("last run time");
  const running = state?.toLowerCase() === "running" || [...values.values()].includes(String(RUNNING));
  const stopped = state !== undefined || [...values.values()].includes(String(NOT_YET));
  return {
    status: running ? "running" : stopped ? "stopped" : "unknown",
    ...(state === undefined ? {} : { state }),
    ...(time === undefined ? {} : { lastRunTime: time }),
    ...(result === undefined ? {} : { lastRunResult: result }),
  };
}
