import { followLog, type LogPosition } from "../audit-log/follow-log.ts";
import { openLogFiles } from "../audit-log/log-files.ts";
import { linesOf } from "../audit-log/log-lines.ts";
import { countOption } from "../audit-log/log-question.ts";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { nodeLogFile, oldLogFiles } from "../host/log-file.ts";
import { dayOf, entryText, levelNumber, parseLogEntry, type LogEntry } from "../node-log/log-entry.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { statePathsFor } from "../state.ts";

/** Lines that are shown unless told otherwise. */
const SHOWN_LINES = 50;
const WHAT = "log file";
const FOLLOW_ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `openclaw node logs`: what the host of this state directory said, and with `--follow` what it says. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const path = nodeLogFile(statePathsFor(input, io));
  const wanted = countOption(input, "lines", "-n", SHOWN_LINES);
  const level = levelNumber(stringOption(input, "level"));
  const follow = flag(input, "follow");
  const json = flag(input, "json");
  const { entries, position, absent } = readAll(path, wanted, level, follow);
  if (json && !follow) {
    io.stdout.write(jsonLine({ path, entries: entries.map(({ fields }) => fields) }));
    return EXIT.ok;
  }
  const show = json ? ({ fields }: LogEntry) => io.stdout.write(jsonLine(fields)) : lineWriter(input, io);
  if (entries.length === 0 && !json) {
    const what = absent ? `Nothing is logged yet: there is no ${path}` : "Nothing in the log fits.";
    screenFor(input, io).line(what);
  }
  for (const entry of entries) show(entry);
  if (follow) await followOn(path, position, level, show);
  return EXIT.ok;
}

/** The last lines of all files, and where the current file was left. */
function readAll(
  path: string,
  wanted: number,
  level: number,
  follow: boolean,
): { readonly entries: readonly LogEntry[]; readonly position: LogPosition; readonly absent: boolean } {
  const log = openLogFiles(path, { oldPaths: oldLogFiles(path), what: WHAT });
  try {
    let position: LogPosition = { identity: undefined, next: 0 };
    let entries: LogEntry[] = [];
    for (const { file, identity } of log.files) {
      position = { identity, next: 0 };
      for (const { text, ended, next } of linesOf(file)) {
        const entry = parseLogEntry(text);
        if (ended) position = { identity, next };
        // What has no end yet comes again when it has one.
        else if (follow) continue;
        if (entry === undefined || entry.level < level) continue;
        entries.push(entry);
        // Cut now and then, not for each line.
        if (entries.length >= wanted * 2) entries = entries.slice(-wanted);
      }
    }
    return { entries: entries.slice(-wanted), position, absent: log.files.length === 0 };
  } finally {
    log.close();
  }
}

async function followOn(
  path: string,
  from: LogPosition,
  level: number,
  show: (entry: LogEntry) => void,
): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of FOLLOW_ENDS) process.once(signal, end);
  try {
    for await (const text of followLog(path, from, { signal: stop.signal, what: WHAT })) {
      const entry = parseLogEntry(text);
      if (entry !== undefined && entry.level >= level) show(entry);
    }
  } finally {
    for (const signal of FOLLOW_ENDS) process.removeListener(signal, end);
  }
}

/** Lines as on the host's terminal, and the day in front of the first line of each. */
function lineWriter(input: CommandInput, io: CommandIo): (entry: LogEntry) => void {
  const screen = screenFor(input, io);
  let day = "";
  return (entry) => {
    const next = dayOf(entry);
    if (next !== day) io.stdout.write(`${screen.paint("muted", `--- ${next} ---`)}\n`);
    day = next;
    const text = entryText(entry);
    const color = entry.level >= 50 ? "error" : entry.level >= 40 ? "warn" : undefined;
    io.stdout.write(`${color === undefined ? text : screen.paint(color, text)}\n`);
  };
}
