import { closeSync, fstatSync, readSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePrivateDir, type StatePaths } from "@openclaw/config-store";
import { jsonLine } from "../output/printable.ts";
import { openAppendable } from "./append-file.ts";
import { writeProblem } from "./write-problem.ts";

/** Limits of the host's own log file. */
export const LOG_FILE_LIMITS = {
  /** Size at which a new file is begun; bytes. */
  rotateBytes: 4_194_304,
  /** Old files that are kept: `node.log.1` is the newest. */
  oldFiles: 3,
  /** UTF-16 units of one line; of a longer one only the beginning of its message is written. */
  lineChars: 16_384,
  messageChars: 4096,
  /** How often it is looked whether the file is still there; milliseconds. */
  lookEveryMs: 1000,
  /** How often a file that cannot be written is tried again, and how often its owner is told; milliseconds. */
  retryMs: 60_000,
} as const;

export function nodeLogFile({ logsDir }: Pick<StatePaths, "logsDir">): string {
  return join(logsDir, "node.log");
}

/** The newest first. */
export function oldLogFiles(path: string): readonly string[] {
  return Array.from({ length: LOG_FILE_LIMITS.oldFiles }, (_, index) => `${path}.${index + 1}`);
}

/** A line of the log for something that is said elsewhere; `message` without secrets. */
export function errorLine(message: string): string {
  return jsonLine({ level: 50, time: new Date().toISOString(), message }).trimEnd();
}

export interface LogFileOptions {
  /** Hears, at most once a minute, that lines are lost, and why. */
  readonly onProblem: (problem: string) => void;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
  readonly rotateBytes?: number;
}

/** Writes lines to a bounded, owner-only file. What cannot be written is lost, and said; nothing here throws. */
export class LogFile {
  readonly #path: string;
  readonly #options: LogFileOptions;
  readonly #now: () => number;
  readonly #rotateBytes: number;
  #file: number | undefined;
  #size: number = 0;
  #lookedAt: number = 0;
  #triedAt: number = Number.NEGATIVE_INFINITY;
  #toldAt: number = Number.NEGATIVE_INFINITY;
  #lost: number = 0;

  constructor(path: string, options: LogFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#rotateBytes = options.rotateBytes ?? LOG_FILE_LIMITS.rotateBytes;
  }

  /** One line, without its end. */
  write(line: string): void {
    const bytes = Buffer.from(`${bounded(line)}\n`);
    try {
      this.#settle(bytes.length);
      if (this.#file === undefined) this.#lost += 1;
      else this.#append(this.#file, bytes);
    } catch (error) {
      this.#lose(error);
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#triedAt = Number.POSITIVE_INFINITY;
    if (file !== undefined) closeSync(file);
  }

  #append(file: number, bytes: Buffer): void {
    let written = 0;
    // What is cut short here is closed by the next open.
    while (written < bytes.length) written += writeSync(file, bytes, written);
    this.#size += bytes.length;
  }

  /** Opens the file where it is not open; goes on to a new one when this one is full or was removed. */
  #settle(more: number): void {
    const now = this.#now();
    if (this.#file === undefined) {
      if (now - this.#triedAt < LOG_FILE_LIMITS.retryMs) return;
      this.#triedAt = now;
      this.#open(now);
    } else if (now - this.#lookedAt >= LOG_FILE_LIMITS.lookEveryMs) {
      this.#lookedAt = now;
      const { nlink, size } = fstatSync(this.#file);
      this.#size = size;
      if (nlink === 0) this.#reopen(now);
    }
    if (this.#file !== undefined && this.#size > 0 && this.#size + more > this.#rotateBytes) {
      this.#moveAway();
      this.#reopen(now);
    }
  }

  #open(now: number): void {
    ensurePrivateDir(dirname(this.#path), "log directory");
    const file = openAppendable(this.#path, "log file");
    this.#file = file;
    this.#lookedAt = now;
    this.#size = fstatSync(file).size;
    // A line that a crash or a full disk cut short must not take the next one with it.
    if (this.#size > 0 && lastByte(file, this.#size) !== 0x0a) this.#append(file, Buffer.from("\n"));
  }

  #reopen(now: number): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#open(now);
  }

  #moveAway(): void {
    const names = [this.#path, ...oldLogFiles(this.#path)];
    for (let at = names.length - 2; at >= 0; at -= 1) {
      const [from, to] = [names[at] ?? "", names[at + 1] ?? ""];
      try {
        renameSync(from, to);
      } catch (error) {
        const absent = error instanceof Error && Reflect.get(error, "code") === "ENOENT";
        if (!absent) throw writeProblem(error, from, "rotate the log file");
      }
    }
  }

  #lose(error: unknown): void {
    const now = this.#now();
    this.#lost += 1;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#triedAt = now;
    if (now - this.#toldAt < LOG_FILE_LIMITS.retryMs) return;
    this.#toldAt = now;
    const { message } = writeProblem(error, this.#path, "write the log file");
    const lines = this.#lost === 1 ? "a line is" : `${this.#lost} lines are`;
    this.#lost = 0;
    this.#options.onProblem(`${message}; ${lines} not in it, and the node host goes on`);
  }
}

function lastByte(file: number, size: number): number | undefined {
  const buffer = Buffer.alloc(1);
  return readSync(file, buffer, 0, 1, size - 1) === 1 ? buffer[0] : undefined;
}

function bounded(line: string): string {
  const { lineChars, messageChars } = LOG_FILE_LIMITS;
  if (line.length <= lineChars) return line;
  const { level, time, message }: Readonly<Record<string, unknown>> = JSON.parse(line);
  const text = `${String(message).slice(0, messageChars)}… (${line.length} characters)`;
  return jsonLine({ level, time, message: text }).trimEnd();
}
