import { hash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, renameSync, writeSync } from "node:fs";
import { jsonLine } from "../output/printable.ts";
import { openAppendable, lastLineOf } from "./append-file.ts";
import { redactValue, type Redact } from "./redact.ts";
import { writeProblem } from "./write-problem.ts";

/** One decision, written before anything runs; or how a run ended, written before the answer. */
export type AuditRecord =
  | {
      readonly kind: "decision";
      readonly runId: string;
      readonly agentId: string | undefined;
      readonly sessionKey: string;
      readonly command: string;
      readonly cwd: string | undefined;
      readonly outcome: "allow" | "ask" | "deny" | "invalid";
      readonly reason: string;
      readonly rule: unknown;
    }
  | {
      readonly kind: "outcome";
      readonly runId: string;
      readonly exitCode: number | undefined;
      readonly signal: string | undefined;
      readonly timedOut: boolean;
      readonly cancelled: boolean;
      readonly durationMs: number;
      readonly outputBytes: number;
    }
  | {
      /** Allowed, and then not started after all. */
      readonly kind: "not-started";
      readonly runId: string;
      readonly reason: string;
    };

/** Where decisions go. `record` throws when the line cannot be written: what cannot be audited does not run. */
export interface AuditSink {
  record(record: AuditRecord): void;
  close(): void;
}

export const AUDIT_LIMITS = {
  /** Size at which a new file is begun; bytes. One old file is kept. */
  rotateBytes: 8_388_608,
  /** fsync, and a look at the file, at most this often; milliseconds. */
  syncEveryMs: 1000,
  /** What a line repeats of a text out of a request; UTF-16 units. Otherwise few requests would rotate all others away. */
  textChars: 2048,
} as const;

/**
 * JSON lines, one `write(2)` each. Every line carries the hash of the one before it, so that a line that was
 * taken out or changed later shows. Throws a StoreError for a file that cannot be used.
 */
export function openAuditFile(path: string, options: AuditOptions = {}): AuditSink {
  return new AuditFile(path, options);
}

export interface AuditOptions {
  /** Takes out what must never be shown. */
  readonly redact?: Redact;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What the next line says about this one: the start of its SHA-256, in hex. */
export function hashOfLine(line: string): string {
  return hash("sha256", line).slice(0, 32);
}

class AuditFile implements AuditSink {
  readonly #path: string;
  readonly #now: () => number;
  readonly #redact: Redact;
  #file: number | undefined;
  #previous: string;
  /** The last line, until its hash is computed: in a quiet moment, or when the next line needs it. */
  #unhashed: string | undefined;
  /** Is there a part of a line at the end of the file? */
  #torn: boolean;
  #syncedAt: number;

  constructor(path: string, { now = Date.now, redact = (text) => text }: AuditOptions) {
    this.#path = path;
    this.#now = now;
    this.#redact = redact;
    this.#file = openAppendable(path);
    const last = lastLineOf(this.#file);
    this.#previous = last.line === undefined ? "" : hashOfLine(last.line);
    this.#torn = last.torn;
    this.#syncedAt = now();
  }

  record(record: AuditRecord): void {
    const at = this.#now();
    const shown: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(record))
      shown[key] = shortened(redactValue(value, this.#redact));
    // Somebody will look at it with `tail`: nothing in it acts on a terminal.
    const line = jsonLine({
      at: new Date(at).toISOString(),
      ...shown,
      prev: this.#hashOfPrevious(),
    }).trimEnd();
    try {
      this.#append(`${line}\n`);
      this.#unhashed = line;
      setImmediate(() => this.#hashOfPrevious());
      if (Math.abs(at - this.#syncedAt) >= AUDIT_LIMITS.syncEveryMs) this.#settle(at);
    } catch (error) {
      throw writeProblem(error, this.#path, "write the audit file");
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      fsyncSync(file);
    } catch {
      // Every line was written; what the disk makes of it now is out of our hands.
    }
    closeSync(file);
  }

  #hashOfPrevious(): string {
    if (this.#unhashed !== undefined) this.#previous = hashOfLine(this.#unhashed);
    this.#unhashed = undefined;
    return this.#previous;
  }

  #append(text: string): void {
    if (this.#file === undefined) throw new Error("the audit file is closed");
    let rest = Buffer.from(this.#torn ? `\n${text}` : text);
    while (rest.length > 0) {
      const written = writeSync(this.#file, rest);
      rest = rest.subarray(written);
      this.#torn = rest.length > 0;
    }
  }

  /** To the disk; and on to a new file when this one is full or was removed. */
  #settle(at: number): void {
    if (this.#file === undefined) return;
    this.#syncedAt = at;
    fsyncSync(this.#file);
    const { size, nlink } = fstatSync(this.#file);
    const full = size >= AUDIT_LIMITS.rotateBytes;
    if (nlink > 0 && !(full && this.#moveAway())) return;
    const next = openAppendable(this.#path);
    closeSync(this.#file);
    this.#file = next;
    this.#torn = false;
  }

  /** A file that cannot be moved is written on: too long is better than not at all. */
  #moveAway(): boolean {
    try {
      renameSync(this.#path, `${this.#path}.1`);
      return true;
    } catch {
      return false;
    }
  }
}

function shortened(value: unknown): unknown {
  if (typeof value !== "string" || value.length <= AUDIT_LIMITS.textChars) return value;
  return `${value.slice(0, AUDIT_LIMITS.textChars)}… (${value.length} characters, sha256 ${hash("sha256", value)})`;
}
