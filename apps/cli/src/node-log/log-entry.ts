import { LOG_LEVELS, readableLine, type LogLevel } from "../host/host-log.ts";
import { printable } from "../output/printable.ts";

/** One line of the host's log, whoever wrote it. */
export interface LogEntry {
  readonly level: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Levels as the log writes them. */
const LEVEL_NUMBERS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

export function levelNumber(name: string | undefined): number {
  const level = LOG_LEVELS.find((known) => known === name);
  return level === undefined ? 0 : LEVEL_NUMBERS[level];
}

/** undefined for what is no line of the log, such as one that was cut short. */
export function parseLogEntry(text: string): LogEntry | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const fields: Readonly<Record<string, unknown>> = JSON.parse(text);
    const { level, time, message } = fields;
    const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
    if (typeof level !== "number" || typeof message !== "string" || !Number.isFinite(at)) return undefined;
    return { level, at, fields };
  } catch {
    return undefined;
  }
}

/** As the terminal of the host showed it; nothing in it acts on this one. */
export function entryText({ fields }: LogEntry): string {
  return printable(readableLine(fields));
}

/** The day on the reader's wall, which the lines do not tell. */
export function dayOf({ at }: LogEntry): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
