import { pino, type Level } from "pino";
import { jsonLine, printable } from "../output/printable.ts";
import { redactValue, type Redact } from "./redact.ts";

export type LogFields = Readonly<Record<string, unknown>>;

/** What the host says while it runs: readable lines for a person, JSON lines for a file. */
export interface HostLog {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface HostLogOptions {
  readonly level: LogLevel;
  /** Receives whole lines without their line end. */
  readonly writeLine: (line: string) => void;
  readonly format: "text" | "json";
  /** Receives each line as JSON too, without its line end. */
  readonly writeJson?: (line: string) => void;
  /** Takes out what must never be shown. */
  readonly redact: Redact;
}

/** Makes the log. Every line is stripped of secrets and of characters that act on a terminal. */
export function openHostLog(options: HostLogOptions): HostLog {
  const { redact } = options;
  const logger = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" },
    {
      write: (line: string) => {
        const all: Readonly<Record<string, unknown>> = JSON.parse(line);
        const json = jsonLine(all).trimEnd();
        options.writeLine(options.format === "json" ? json : printable(readableLine(all)));
        options.writeJson?.(json);
      },
    },
  );
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      // What is not wanted costs nothing: an allowed run passes here.
      if (logger.isLevelEnabled(level)) logger[level](redactValue(fields, redact), redact(message));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The same line for a person; not yet printable. Ids are for those who search. */
export function readableLine(all: Readonly<Record<string, unknown>>): string {
  const { level, time, message, invokeId: _invokeId, runId: _runId, ...fields } = all;
  const word =
    typeof level === "number" && level >= 50
      ? "error: "
      : typeof level === "number" && level >= 40
        ? "warning: "
        : "";
  const rest = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  // The clock on the reader's wall; lines for a file carry the whole time.
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  return `${clock} [node-host] ${word}${String(message)}${rest.join("")}`;
}
