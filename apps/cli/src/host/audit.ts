import { closeSync, fstatSync, fsyncSync, ftruncateSync, renameSync, writeSync } from "node:fs";
import { chainEndOf, openAppendable, openOld, type ChainEnd } from "./append-file.ts";
import { auditLine } from "./audit-line.ts";
import type { OwnerAnswer } from "./prompt-broker.ts";
import type { Redact } from "./redact.ts";
import { writeProblem } from "./write-problem.ts";

/** Through whom a request came. */
export interface AuditOrigin {
  /** The id of the call; decision and outcome of one run share it. */
  readonly invokeId?: string | undefined;
  /** Host and port of the Gateway. */
  readonly gateway?: string | undefined;
  readonly gatewayVersion?: string | undefined;
}

/** One decision, written before anything runs; how a run ended, written before the answer; or a change of the policy. */
export type AuditRecord =
  | (AuditOrigin & {
      readonly kind: "decision";
      readonly runId: string;
      readonly agentId: string | undefined;
      readonly sessionKey: string;
      /** Written as one quoted `command`, with secrets taken out. */
      readonly argv: readonly string[];
      readonly cwd: string | undefined;
      readonly outcome: "allow" | "ask" | "deny" | "invalid";
      readonly reason: string;
      readonly rule: unknown;
      /** Where the owner was asked at the node: who answered what, after how long. */
      readonly owner?: OwnerAnswer;
      /** What the request says about an approval. */
      readonly approvalDecision?: string | undefined;
      readonly approvalSource?: string | undefined;
      /** The hash of the policy at that moment. */
      readonly policyHash?: string | undefined;
    })
  | {
      readonly kind: "outcome";
      readonly invokeId?: string | undefined;
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
      readonly invokeId?: string | undefined;
      readonly runId: string;
      readonly reason: string;
    }
  | (AuditOrigin & {
      /** A change of the policy that did not come from its owner; an accepted one is written before it is stored. */
      readonly kind: "policy-edit";
      readonly by: "gateway" | "allow-always";
      readonly outcome: "accepted" | "refused" | "failed";
      /** Why it was refused, or could not be stored. */
      readonly reason?: string | undefined;
      readonly runId?: string | undefined;
      readonly agentId?: string | undefined;
      /** The hashes of the policy before and after. */
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly changes?: readonly string[] | undefined;
    })
  | (AuditOrigin & {
      /** A call of the browser: what was decided, before anything is done. Never content, and of an address the origin only. */
      readonly kind: "browser";
      readonly by: "gateway" | "owner";
      /** The session that asked, where the Gateway names it. */
      readonly sessionKey?: string | undefined;
      readonly outcome: "allow" | "deny" | "invalid";
      readonly reason: string;
      readonly method?: string | undefined;
      /** A route of the table, such as `/act`. */
      readonly route?: string | undefined;
      /** Of `/act`: the kind, such as `click`. */
      readonly action?: string | undefined;
      /** The browser profile. */
      readonly profile?: string | undefined;
      /** Of the address that is to be opened. */
      readonly origin?: string | undefined;
    })
  | {
      /** How a call of the browser ended. */
      readonly kind: "browser-end";
      readonly invokeId?: string | undefined;
      readonly outcome: "answered" | "timed-out" | "cancelled" | "lost";
      /** As in HTTP. */
      readonly status?: number | undefined;
      /** Of the page, where the answer names one. */
      readonly origin?: string | undefined;
      readonly durationMs: number;
    }
  | {
      /** The owner let no run start for a while, or let them start again. */
      readonly kind: "pause";
      readonly outcome: "paused" | "resumed";
      readonly by: "owner" | "time";
      /** When it ends by itself (ISO 8601), or `resumed`. */
      readonly until?: string | undefined;
      /** Does it outlive the host? */
      readonly keep?: boolean | undefined;
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
} as const;

/**
 * JSON lines, one `write(2)` each. Every line carries its own hash and that of the one before it, also over files, so
 * that a line that was changed, taken out or put in shows. Throws a StoreError for a file that cannot be used.
 */
export function openAuditFile(path: string, options: AuditOptions = {}): AuditSink {
  return new AuditFile(path, options);
}

/** Where the file goes that is full. */
export function oldAuditFile(path: string): string {
  return `${path}.1`;
}

export interface AuditOptions {
  /** Takes out what must never be shown. */
  readonly redact?: Redact;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

class AuditFile implements AuditSink {
  readonly #path: string;
  readonly #now: () => number;
  readonly #redact: Redact;
  #file: number | undefined;
  #end: ChainEnd;
  /** Is the next line the first one of its file? */
  #first: boolean;
  #syncedAt: number;

  constructor(path: string, { now = Date.now, redact = (text) => text }: AuditOptions) {
    this.#path = path;
    this.#now = now;
    this.#redact = redact;
    this.#file = openAppendable(path);
    const end = chainEndOf(this.#file);
    this.#first = end === undefined;
    this.#end = end ?? endOfOld(path) ?? START;
    this.#syncedAt = now();
  }

  record(record: AuditRecord): void {
    const at = this.#now();
    const { hash: prev, n, torn } = this.#end;
    const line = auditLine(record, { at, n: n + 1, first: this.#first, prev, torn }, this.#redact);
    try {
      this.#append(`${line.text}\n`);
      this.#end = { hash: line.hash, n: n + 1, torn: undefined, open: false };
      this.#first = false;
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

  #append(text: string): void {
    if (this.#file === undefined) throw new Error("the audit file is closed");
    const bytes = Buffer.from(this.#end.open ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      if (written > 0) this.#takeBack(this.#file, written);
      throw error;
    }
  }

  /** A line that is not whole goes; where that fails too, the next line says what is in front of it. */
  #takeBack(file: number, bytes: number): void {
    try {
      ftruncateSync(file, fstatSync(file).size - bytes);
    } catch {
      const end = chainEndOf(file);
      if (end !== undefined) this.#end = end.n === 0 ? { ...this.#end, torn: end.torn, open: end.open } : end;
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
    this.#first = true;
  }

  /** A file that cannot be moved is written on: too long is better than not at all. */
  #moveAway(): boolean {
    try {
      renameSync(this.#path, oldAuditFile(this.#path));
      return true;
    } catch {
      return false;
    }
  }
}

const START: ChainEnd = { hash: "", n: 0, torn: undefined, open: false };

/** A new file goes on where the old one ended, also after a restart in between. */
function endOfOld(path: string): ChainEnd | undefined {
  const file = openOld(oldAuditFile(path));
  if (file === undefined) return undefined;
  try {
    const end = chainEndOf(file);
    // What was cut short there stays there; nothing in the new file stands behind it.
    return end === undefined ? undefined : { ...end, torn: undefined, open: false };
  } finally {
    closeSync(file);
  }
}
