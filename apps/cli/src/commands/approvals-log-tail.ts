import { endRow, entryJson, followText, LOG_COLUMNS, logRow } from "../audit-log/log-screen.ts";
import { followLog, type LogPosition } from "../audit-log/follow-log.ts";
import { AUDIT_LOG_LIMITS } from "../audit-log/limits.ts";
import { LogEntries } from "../audit-log/log-entries.ts";
import type { LogFiles } from "../audit-log/log-files.ts";
import { linesOf } from "../audit-log/log-lines.ts";
import { auditPath, countOption, nothingText, withLog } from "../audit-log/log-question.ts";
import { parseLogRecord } from "../audit-log/log-record.ts";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine, printable } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { cutText } from "../output/text-width.ts";

/** `openclaw approvals log tail`: the last decisions, and with `--follow` those that come. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const path = auditPath(input, io);
  const wanted = countOption(input, "lines", "-n", AUDIT_LOG_LIMITS.tail);
  const follow = flag(input, "follow");
  // Runs that go on while the log is followed need their decision when they end.
  const entries = new LogEntries({}, follow ? Math.max(wanted, AUDIT_LOG_LIMITS.followed) : wanted);
  const json = flag(input, "json");
  const end = await withLog(path, (log) => {
    const position = readAll(log, entries);
    const list = entries.list().slice(-wanted);
    const screen = screenFor(input, io);
    if (json && follow) for (const entry of list) io.stdout.write(jsonLine(entryJson(entry)));
    else if (json) io.stdout.write(jsonLine({ path, entries: list.map(entryJson) }));
    else if (list.length > 0 && !follow) screen.table(LOG_COLUMNS, list.map(logRow));
    else if (list.length === 0) screen.line(nothingText(log, path, false));
    else for (const entry of list) io.stdout.write(`${rowText(logRow(entry), io)}\n`);
    return position;
  });
  if (follow) await followOn(path, end, entries, json, io);
  return EXIT.ok;
}

/** Reads everything once; the position is where the current file was left. */
function readAll(log: LogFiles, entries: LogEntries): LogPosition {
  let position: LogPosition = { identity: undefined, next: 0 };
  for (const { file, identity } of log.files) {
    position = { identity, next: 0 };
    for (const { text, ended, next } of linesOf(file)) {
      const record = parseLogRecord(text);
      if (record !== undefined) entries.take(record);
      if (ended) position = { identity, next };
    }
  }
  return position;
}

async function followOn(
  path: string,
  from: LogPosition,
  entries: LogEntries,
  json: boolean,
  io: CommandIo,
): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of FOLLOW_ENDS) process.once(signal, end);
  try {
    for await (const text of followLog(path, from, { signal: stop.signal })) {
      const record = parseLogRecord(text);
      if (record === undefined) continue;
      const ended = entries.take(record);
      if (json) io.stdout.write(jsonLine(record.fields));
      else io.stdout.write(`${rowText(ended === undefined ? logRow({ record }) : endRow(ended), io)}\n`);
    }
  } finally {
    for (const signal of FOLLOW_ENDS) process.removeListener(signal, end);
  }
}

const FOLLOW_ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function rowText(row: readonly string[], io: CommandIo): string {
  return followText(row, io.stdout.columns ?? 80, (text, width) => cutText(printable(text), width));
}
