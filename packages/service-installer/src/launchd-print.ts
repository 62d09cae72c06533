import type { ServiceRuntime } from "./service-state.ts";

/** Reads `launchctl print`: lines of `name = value`, where only those of the service itself are indented once. */
export function launchdRuntime(printed: string, cachedLabel: boolean): ServiceRuntime {
  const values = new Map<string, string>();
  for (const line of printed.split("\n")) {
    const match = /^\s*([a-z][a-z ]*?) = (.+)$/u.exec(line);
    const name = match?.[1];
    if (name !== undefined && !values.has(name)) values.set(name, (match?.[2] ?? "").trim());
  }
  const state = values.get("state");
  const pid = numberOf(values.get("pid"));
  const exit = numberOf(values.get("last exit status") ?? values.get("last exit code"));
  const reason =
    values.get("last exit reason") ?? values.get("last exit status") ?? values.get("last exit code");
  return {
    status: state === "running" || (pid ?? 0) > 0 ? "running" : state === undefined ? "unknown" : "stopped",
    ...(state === undefined ? {} : { state }),
    ...(pid === undefined || pid === 0 ? {} : { pid }),
    ...(exit === undefined ? {} : { lastExitStatus: exit }),
    ...(reason === undefined ? {} : { lastExitReason: reason }),
    cachedLabel,
  };
}

/** `last exit code = 78: EX_CONFIG` has words behind the number. */
function numberOf(text: string | undefined): number | undefined {
  const match = /^(-?[0-9]{1,10})(?:$|[:\s])/u.exec(text ?? "");
  return match === null ? undefined : Number(match[1]);
}
