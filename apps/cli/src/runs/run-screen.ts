import type { TableColumn } from "../output/table.ts";
import { shortId } from "../output/screen.ts";
import { duration, timeAgo } from "../output/time-ago.ts";
import type { ShownRun } from "./run-choice.ts";

export const RUN_COLUMNS: readonly TableColumn[] = [
  { title: "Run", whole: true },
  { title: "Started", whole: true },
  { title: "State", whole: true },
  { title: "Output", whole: true },
  { title: "Agent" },
  { title: "Command", min: 12 },
];

export function runRow(run: ShownRun, now: number): readonly string[] {
  const { name, record, bytes } = run;
  const { startedAt, agentId = "", command } = record;
  return [shortId(name), timeAgo(startedAt, now), stateText(run), sizeText(bytes), agentId, command];
}

/** How it stands with a run, in a word or three. */
export function stateText({ state, record: { end } }: ShownRun): string {
  if (state === "running") return "running";
  if (state === "lost" || end === undefined)
    return end?.leftProcesses === undefined ? "lost" : "lost, ended later";
  const how =
    end.error !== undefined
      ? "not started"
      : end.timedOut === true
        ? "timed out"
        : end.cancelled === true
          ? "cancelled"
          : (end.signal ?? `exit ${end.exitCode ?? "?"}`);
  return end.delivered ? how : `${how}, undelivered`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const steps = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** steps).toFixed(1)} ${["B", "kB", "MB", "GB"][steps] ?? ""}`;
}

/** Everything that is known about a run, for a person. */
export function runFields(run: ShownRun): readonly (readonly [string, string])[] {
  const { name, record, state, bytes } = run;
  const { end } = record;
  return [
    ["Run", name],
    ["Run id", record.runId === name ? "" : record.runId],
    ["Invoke", record.invokeId ?? ""],
    ["Agent", record.agentId ?? ""],
    ["Command", record.command],
    ["Directory", record.cwd ?? ""],
    ["Started", new Date(record.startedAt).toISOString()],
    ["State", stateText(run)],
    ["Ended", end === undefined || state === "lost" ? "" : endText(record.startedAt, end.at)],
    ["Not started", end?.error ?? ""],
    ["Kept", `${sizeText(bytes)}${end?.incomplete === undefined ? "" : ` (not all: ${end.incomplete})`}`],
  ];
}

function endText(startedAt: number, at: number): string {
  return `${new Date(at).toISOString()}, after ${duration(Math.max(0, at - startedAt))}`;
}

/** One run as JSON; documented in docs/running-commands.md. */
export function runJson({ name, state, record, stdout, stderr, bytes }: ShownRun): object {
  const { version: _version, end, ...rest } = record;
  return { name, state, ...rest, end: end ?? null, keptBytes: bytes, files: { stdout, stderr } };
}
