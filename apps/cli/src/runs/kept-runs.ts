import { randomUUID } from "node:crypto";
import { ensurePrivateDir } from "@openclaw/config-store";
import { FileSpool, type SpoolQuota } from "@openclaw/executor";
import { KeptRun, type KeptStart, type RunHome } from "./kept-run.ts";
import { KEPT_LIMITS } from "./limits.ts";
import { listKeptRuns, removeKeptRun } from "./run-folder.ts";
import { createRecord, readRecord, replaceRecord, type KeptEnd, type RunRecord } from "./run-record.ts";

export interface KeptRunsOptions {
  readonly directory: string;
  readonly onProblem: (problem: string) => void;
  readonly limits?: Partial<Record<"totalBytes" | "runs" | "ageMs" | "holdMs" | "holdBytes", number>>;
  readonly now?: () => number;
}

/** Names that are safe on every file system; all others get one of ours. */
const PLAIN_NAME = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9-]{0,63}$/u;

/** The folder `runs/` of one host: makes room, hands out places for output, remembers what became of each run. */
export class KeptRuns implements RunHome {
  readonly #options: KeptRunsOptions;
  readonly #limits: Record<keyof typeof KEPT_LIMITS, number>;
  readonly #now: () => number;
  /** Runs that are not over, with the bytes that they were granted: not all of these are on the disk yet. Never removed. */
  readonly #open = new Map<string, number>();
  #usedBytes = 0;
  /** Undefined until the folder was looked at. */
  #count: number | undefined;
  #told = false;

  constructor(options: KeptRunsOptions) {
    this.#options = options;
    this.#limits = { ...KEPT_LIMITS, ...options.limits };
    this.#now = options.now ?? Date.now;
  }

  /** The place of a run that starts now. Costs nothing until it prints or lasts. */
  begin(start: () => KeptStart): KeptRun {
    const { holdBytes, holdMs } = this.#limits;
    return new KeptRun(this, start, { holdBytes, holdMs });
  }

  /** Records of runs that a host before this one left unfinished; gives how many. */
  recover(): number {
    const { directory, onProblem } = this.#options;
    let lost = 0;
    for (const { name, record } of listKeptRuns(directory)) {
      if (record.end !== undefined || this.#open.has(name)) continue;
      try {
        replaceRecord(directory, name, { ...record, end: { at: this.#now(), lost: true, delivered: false } });
        lost += 1;
      } catch (error) {
        onProblem(messageOf(error));
      }
    }
    return lost;
  }

  open(start: KeptStart): { readonly name: string; readonly spool: FileSpool } {
    const { directory } = this.#options;
    ensurePrivateDir(directory, "directory of kept runs");
    if (this.#count === undefined || this.#count >= this.#limits.runs) this.#makeRoom(0);
    this.#count = (this.#count ?? 0) + 1;
    const record: RunRecord = { version: 1, ...start, hostPid: process.pid };
    const name = this.#create(record);
    this.#open.set(name, 0);
    const quota: SpoolQuota = { take: (bytes) => this.#take(name, bytes) };
    return { name, spool: new FileSpool({ directory, name, quota }) };
  }

  #create(record: RunRecord): string {
    const { directory } = this.#options;
    const named = PLAIN_NAME.test(record.runId) ? record.runId : randomUUID();
    try {
      createRecord(directory, named, record);
      return named;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    // A run id may come twice; the output of the first one stays.
    const other = randomUUID();
    createRecord(directory, other, record);
    return other;
  }

  end(name: string, end: KeptEnd): void {
    this.#open.delete(name);
    this.#change(name, (record) => ({ ...record, end }));
  }

  delivered(name: string): void {
    this.#change(name, (record) =>
      record.end === undefined ? record : { ...record, end: { ...record.end, delivered: true } },
    );
  }

  problem(error: unknown): void {
    // A full disk would say it again with every run.
    if (this.#told) return;
    this.#told = true;
    this.#options.onProblem(`the output of runs cannot be kept: ${messageOf(error)}; runs go on without`);
  }

  #take(name: string, bytes: number): number {
    // More than needed: the next piece shall not look through the folder again.
    if (this.#usedBytes + bytes > this.#limits.totalBytes)
      this.#makeRoom(bytes + Math.floor(this.#limits.totalBytes / 10));
    const granted = Math.max(0, Math.min(bytes, this.#limits.totalBytes - this.#usedBytes));
    this.#usedBytes += granted;
    this.#open.set(name, (this.#open.get(name) ?? 0) + granted);
    return granted;
  }

  #change(name: string, change: (record: RunRecord) => RunRecord): void {
    const { directory } = this.#options;
    try {
      const record = readRecord(directory, name);
      // Somebody has removed it: then it is not wanted.
      if (record !== undefined) replaceRecord(directory, name, change(record));
    } catch (error) {
      this.problem(error);
    }
  }

  /** Removes old ended runs until there is room; counts anew what is there. */
  #makeRoom(bytes: number): void {
    const { directory } = this.#options;
    const { totalBytes, runs, ageMs } = this.#limits;
    const oldest = this.#now() - ageMs;
    const kept = [...listKeptRuns(directory)];
    let used = kept.reduce((sum, { name, bytes: size }) => sum + (this.#open.get(name) ?? size), 0);
    let left = kept.length;
    for (const { name, record, bytes: size } of kept.toReversed()) {
      const isOld = record.startedAt < oldest;
      if (!isOld && left < runs && used + bytes <= totalBytes) break;
      if (this.#open.has(name)) continue;
      removeKeptRun(directory, name);
      used -= size;
      left -= 1;
    }
    this.#usedBytes = used;
    this.#count = left;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
