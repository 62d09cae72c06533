import { runKey, textField, type LogRecord } from "./log-record.ts";

/** A decision with what became of it; or an edit of the policy, or whatever else stands in the log. */
export interface LogEntry {
  readonly record: LogRecord;
  /** How the run ended, or why it was not started. */
  readonly end?: LogRecord;
}

export interface EntryFilter {
  /** The beginning of a run id or of an invoke id. */
  readonly run?: string | undefined;
  readonly agent?: string | undefined;
  readonly outcome?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
}

interface Slot {
  readonly record: LogRecord;
  end?: LogRecord;
}

/** Joins decisions and outcomes as they come by, and keeps the last ones that fit. */
export class LogEntries {
  readonly #filter: EntryFilter;
  readonly #limit: number;
  /** In the order of the log; a Map gives its oldest first. */
  readonly #slots = new Map<number, Slot>();
  readonly #open = new Map<string, number>();
  #count = 0;

  constructor(filter: EntryFilter, limit: number) {
    this.#filter = filter;
    this.#limit = limit;
  }

  /** Gives the entry when this record is the end of one that is kept. */
  take(record: LogRecord): LogEntry | undefined {
    const isEnd = ["outcome", "not-started", "browser-end"].includes(record.kind);
    const at = isEnd ? this.#open.get(runKey(record)) : undefined;
    const slot = at === undefined ? undefined : this.#slots.get(at);
    if (slot !== undefined) {
      slot.end = record;
      this.#open.delete(runKey(record));
      return slot;
    }
    if (isEnd ? this.#isLoneEnd(record) : this.#fits(record)) this.#keep(record);
    return undefined;
  }

  list(): readonly LogEntry[] {
    return [...this.#slots.values()];
  }

  #keep(record: LogRecord): void {
    this.#count += 1;
    this.#slots.set(this.#count, { record });
    if (record.kind === "decision" || record.kind === "browser") this.#open.set(runKey(record), this.#count);
    if (this.#slots.size <= this.#limit) return;
    const [oldest] = this.#slots.keys();
    if (oldest === undefined) return;
    const gone = this.#slots.get(oldest);
    this.#slots.delete(oldest);
    if (gone !== undefined && this.#open.get(runKey(gone.record)) === oldest)
      this.#open.delete(runKey(gone.record));
  }

  /** An end whose decision was rotated away is shown to those who ask for the run. */
  #isLoneEnd(record: LogRecord): boolean {
    const { run, agent, outcome } = this.#filter;
    return run !== undefined && agent === undefined && outcome === undefined && this.#fits(record);
  }

  #fits(record: LogRecord): boolean {
    const { run, agent, outcome, since } = this.#filter;
    if (since !== undefined && record.at < since) return false;
    if (agent !== undefined && textField(record, "agentId") !== agent) return false;
    const decides = record.kind === "decision" || record.kind === "browser";
    if (outcome !== undefined && (!decides || textField(record, "outcome") !== outcome)) return false;
    return run === undefined || ["runId", "invokeId"].some((name) => textField(record, name).startsWith(run));
  }
}
