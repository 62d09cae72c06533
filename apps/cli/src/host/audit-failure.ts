import { openAuditFile, type AuditRecord, type AuditSink } from "./audit.ts";
import type { HostLog } from "./host-log.ts";
import type { AuditFailure } from "./node-file.ts";
import type { Redact } from "./redact.ts";

/** How often a host that goes on without its audit says so, and how often it tries to open a file that could not be opened; milliseconds. */
export const AUDIT_WARN_MS = 60_000;

/**
 * The audit of a running host. With `refuse` a line that cannot be written throws, and what it stands for does not
 * happen; with `warn` it is lost, and the log says how many were.
 */
export function openAudit(
  path: string,
  redact: Redact,
  failure: AuditFailure | undefined,
  log: HostLog,
): AuditSink {
  const open = (): AuditSink => openAuditFile(path, { redact });
  return failure === "warn" ? new TolerantAudit(open, log) : open();
}

/** Never throws, and fills no log. */
export class TolerantAudit implements AuditSink {
  readonly #open: () => AuditSink;
  readonly #log: HostLog;
  readonly #now: () => number;
  #sink: AuditSink | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;
  /** Lines lost since the log said so. */
  #lost = 0;
  #problem = "";

  /** `now` in milliseconds, from anywhere. */
  constructor(open: () => AuditSink, log: HostLog, now: () => number = () => performance.now()) {
    this.#open = open;
    this.#log = log;
    this.#now = now;
    this.#ready();
  }

  record(record: AuditRecord): void {
    try {
      this.#ready()?.record(record);
      if (this.#sink === undefined) this.#lose();
    } catch (error) {
      this.#lose(error);
    }
  }

  close(): void {
    if (this.#lost > 0) this.#say();
    this.#sink?.close();
  }

  #ready(): AuditSink | undefined {
    const now = this.#now();
    if (this.#sink !== undefined || now - this.#triedAt < AUDIT_WARN_MS) return this.#sink;
    this.#triedAt = now;
    try {
      this.#sink = this.#open();
    } catch (error) {
      this.#problem = textOf(error);
    }
    return this.#sink;
  }

  #lose(error?: unknown): void {
    this.#lost += 1;
    if (error !== undefined) this.#problem = textOf(error);
    if (this.#now() - this.#saidAt >= AUDIT_WARN_MS) this.#say();
  }

  #say(): void {
    const lines = this.#lost === 1 ? "a line of the audit was" : `${this.#lost} lines of the audit were`;
    this.#log.warn(`${lines} not written, and runs go on (auditFailure is "warn"): ${this.#problem}`);
    this.#saidAt = this.#now();
    this.#lost = 0;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
