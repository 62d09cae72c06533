import type { Screen } from "../output/screen.ts";
import type { TableColumn } from "../output/table.ts";
import type { LogEntry } from "./log-entries.ts";
import { textField, type LogRecord } from "./log-record.ts";

export const LOG_COLUMNS: readonly TableColumn[] = [
  { title: "Time", whole: true },
  { title: "Agent", min: 8 },
  { title: "Outcome", min: 7 },
  { title: "Exit", min: 4 },
  { title: "Command", min: 20 },
];

/** Cells that the columns in front of the command take in a list that grows. */
const AGENT_CELLS = 8;
const OUTCOME_CELLS = 7;
const EXIT_CELLS = 7;

/** One row: when, who, what was decided, how it ended, what. */
export function logRow(entry: LogEntry): readonly string[] {
  const { record } = entry;
  return [clock(record.at), agentOf(record), outcomeOf(record), exitOf(entry), subjectOf(record)];
}

/** How a run ended whose decision stands further up. */
export function endRow(entry: LogEntry): readonly string[] {
  const { record, end = record } = entry;
  const [, agent = "", , exit = "", subject = ""] = logRow(entry);
  return [clock(end.at), agent, "ended", exit, subject];
}

/** The same for a list that grows, whose columns cannot be measured. */
export function followText(
  row: readonly string[],
  width: number,
  cut: (text: string, width: number) => string,
): string {
  const [time = "", agent = "", outcome = "", exit = "", subject = ""] = row;
  const head = [
    time,
    cut(agent, AGENT_CELLS).padEnd(AGENT_CELLS),
    cut(outcome, OUTCOME_CELLS).padEnd(OUTCOME_CELLS),
    cut(exit, EXIT_CELLS).padEnd(EXIT_CELLS),
  ].join("  ");
  return `${head}  ${cut(subject, Math.max(20, width - head.length - 2))}`.trimEnd();
}

/** Local time, to the second. */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function agentOf(record: LogRecord): string {
  return (
    textField(record, "agentId") ||
    (["policy-edit", "pause", "browser"].includes(record.kind) ? textField(record, "by") : "-")
  );
}

function outcomeOf(record: LogRecord): string {
  if (record.kind === "decision" || record.kind === "browser") return textField(record, "outcome");
  if (record.kind === "pause") return textField(record, "outcome") || "pause";
  if (record.kind !== "policy-edit") return record.kind;
  const outcome = textField(record, "outcome");
  return outcome === "accepted" ? "edit" : `edit ${outcome}`;
}

function exitOf({ record, end = record }: LogEntry): string {
  if (end.kind === "not-started") return "not run";
  if (end.kind === "browser-end") return textField(end, "status") || textField(end, "outcome");
  if (end.kind !== "outcome") return "";
  if (textField(end, "timedOut") === "true") return "timeout";
  if (textField(end, "cancelled") === "true") return "cancel";
  return textField(end, "exitCode") || textField(end, "signal") || "?";
}

function subjectOf(record: LogRecord): string {
  if (record.kind === "pause") {
    const until = textField(record, "until");
    if (until === "") return "runs may start again";
    return until === "resumed" ? "no run starts until it is resumed" : `no run starts until ${until}`;
  }
  if (record.kind === "browser") return browserText(record);
  if (record.kind !== "policy-edit") return textField(record, "command") || textField(record, "runId");
  const changes = listOf(record.fields["changes"]);
  return changes.length === 0 ? textField(record, "reason") || "nothing changed" : changes.join("; ");
}

/** `browser: POST /tabs/open https://example.com (openclaw)` */
function browserText(record: LogRecord): string {
  const [method, route, action, profile, origin] = ["method", "route", "action", "profile", "origin"].map(
    (name) => textField(record, name),
  );
  const what = [method, route, action, origin].filter((part) => part !== "").join(" ");
  return `browser: ${what || "unreadable call"}${profile === "" ? "" : ` (${profile})`}`;
}

/** The whole record, names and values. */
export function showEntry(screen: Screen, { record, end }: LogEntry): void {
  screen.heading(subjectOf(record));
  const said = new Set(["at", "kind", "command", "hash", "prev", "first", "changes"]);
  const edit = record.kind === "policy-edit";
  const fields = Object.entries(record.fields).filter(([name]) => !said.has(name));
  screen.fields([
    ["time", new Date(record.at).toISOString()],
    ["kind", record.kind],
    ...fields.map(([name, value]): readonly [string, string] => [name, valueText(value)]),
    ...(end === undefined ? [] : endFields(end)),
  ]);
  if (edit) for (const change of listOf(record.fields["changes"])) screen.line(`  ${change}`);
}

function endFields(end: LogRecord): readonly (readonly [string, string])[] {
  const ms = textField(end, "durationMs");
  if (end.kind === "not-started") return [["not started", textField(end, "reason")]];
  if (end.kind === "browser-end")
    return [
      ["ended", new Date(end.at).toISOString()],
      ["end", [textField(end, "outcome"), textField(end, "status")].join(" ").trim()],
      ["page", textField(end, "origin")],
      ["duration", ms === "" ? "" : `${ms} ms`],
    ];
  return [
    ["ended", new Date(end.at).toISOString()],
    ["exit", exitOf({ record: end })],
    ["signal", textField(end, "signal")],
    ["duration", ms === "" ? "" : `${ms} ms`],
    ["output", textField(end, "outputBytes") === "" ? "" : `${textField(end, "outputBytes")} bytes`],
  ];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(valueText) : [];
}

/** An entry as JSON: the line of the decision, and under `end` the one that ended it. */
export function entryJson({ record, end }: LogEntry): object {
  return { ...record.fields, ...(end === undefined ? {} : { end: end.fields }) };
}
