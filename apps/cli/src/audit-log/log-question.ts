import { numberOption, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { statePathsFor } from "../state.ts";
import { AUDIT_LOG_LIMITS } from "./limits.ts";
import { linesOf } from "./log-lines.ts";
import { openLogFiles, type LogFiles } from "./log-files.ts";
import { parseLogRecord, type LogRecord } from "./log-record.ts";
import { parseSince } from "./since-time.ts";

/** Where the log of this machine is. */
export function auditPath(input: CommandInput, io: CommandIo): string {
  return statePathsFor(input, io).auditFile;
}

/** Opens the log for one command, and closes it after. */
export async function withLog<T>(path: string, work: (log: LogFiles) => T | Promise<T>): Promise<T> {
  const log = openLogFiles(path);
  try {
    return await work(log);
  } finally {
    log.close();
  }
}

/** Every record of the log, the oldest first, one at a time. Calls `unreadable` for each line that is none. */
export function* recordsOf(log: LogFiles, unreadable: () => void = () => undefined): Generator<LogRecord> {
  for (const { file } of log.files) {
    for (const { text } of linesOf(file)) {
      const record = parseLogRecord(text);
      if (record === undefined) unreadable();
      else yield record;
    }
  }
}

/** How many are wanted. Throws `bad-option`. */
export function countOption(input: CommandInput, name: string, shownName: string, fallback: number): number {
  const count = numberOption(input, name) ?? fallback;
  const { entries } = AUDIT_LOG_LIMITS;
  if (count >= 1 && count <= entries) return count;
  throw new CliError("bad-option", `invalid ${shownName}: use a number from 1 to ${entries}`);
}

/** The moment that `--since` names. Throws `bad-option`. */
export function sinceOption(input: CommandInput, now: number): number | undefined {
  const text = stringOption(input, "since");
  if (text === undefined) return undefined;
  const moment = parseSince(text, now);
  if (moment !== undefined) return moment;
  throw new CliError("bad-option", `invalid --since: \`${text}\` is no time`, [
    "use 90m, 2h, 3d, today, yesterday, 2026-11-23 or 2026-11-23T14:30",
  ]);
}

/** What is said instead of an empty table. `asked`: was something in particular asked for? */
export function nothingText(log: LogFiles, path: string, asked: boolean): string {
  if (log.files.length === 0) return `Nothing is recorded yet: there is no ${path}`;
  return asked ? "Nothing in the log fits." : "Nothing is recorded yet.";
}
