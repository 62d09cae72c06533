import type { LogRecord } from "./log-record.ts";

/** The columns of the CSV form; one row for each line of the log. */
const COLUMNS = [
  "at",
  "n",
  "kind",
  "outcome",
  "reason",
  "agentId",
  "sessionKey",
  "runId",
  "invokeId",
  "gateway",
  "gatewayVersion",
  "command",
  "cwd",
  "rule",
  "approvalDecision",
  "approvalSource",
  "owner",
  "policyHash",
  "exitCode",
  "signal",
  "timedOut",
  "cancelled",
  "durationMs",
  "outputBytes",
  "by",
  "from",
  "to",
  "changes",
  "until",
  "keep",
  "method",
  "route",
  "action",
  "profile",
  "origin",
  "status",
] as const;

export const CSV_HEAD: string = `${COLUMNS.join(",")}\r\n`;

/** One row. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvRow({ fields }: LogRecord): string {
  return `${COLUMNS.map((name) => cell(fields[name])).join(",")}\r\n`;
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const harmless = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
