import { createHash, type Hash } from "node:crypto";
import { sealOf } from "../host/audit-line.ts";
import { AUDIT_LOG_LIMITS } from "./limits.ts";
import type { LogLine } from "./log-lines.ts";

export type BreakKind = "changed" | "removed" | "out-of-place" | "torn" | "not-json";

/** A place where the chain does not hold. */
export interface ChainBreak {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly what: BreakKind;
  /** The sentence for a person. */
  readonly why: string;
}

export interface ChainReport {
  readonly intact: boolean;
  readonly lines: number;
  /** When the first and the last line were written, as they say. */
  readonly from?: string;
  readonly to?: string;
  readonly files: readonly { readonly name: string; readonly lines: number }[];
  /** Are there lines that are in no file any more, because they were rotated away? */
  readonly older: boolean;
  /** Lines that were cut short when they were written, and that the line behind them confirms. */
  readonly cutShort: number;
  readonly breakCount: number;
  /** The first ones. */
  readonly breaks: readonly ChainBreak[];
}

export interface ChainFile {
  readonly name: string;
  readonly lines: Iterable<LogLine>;
}

/** Walks the chain over the files, the oldest first. Holds one line at a time. */
export function verifyChain(files: Iterable<ChainFile>): ChainReport {
  const walk = new ChainWalk();
  for (const { name, lines } of files) {
    walk.enter(name);
    for (const line of lines) walk.take(line);
  }
  return walk.report();
}

interface Place {
  readonly file: string;
  readonly line: number;
}

const UNKNOWN_WHY = {
  torn: "it is cut short; a crash or a full disk does that, and so does a hand",
  "not-json": "it is not JSON, so the node host did not write it like this",
  changed: "it has no hash of its own",
} as const;

/** Lines that are none of ours, until the next one says what they are. */
interface Unknown extends Place {
  readonly what: keyof typeof UNKNOWN_WHY;
  readonly hash: Hash;
  readonly mayBeTorn: boolean;
  readonly count: number;
}

interface Sealed {
  readonly at?: unknown;
  readonly n?: unknown;
  readonly first?: unknown;
  readonly torn?: unknown;
  readonly prev?: unknown;
}

class ChainWalk {
  #file = "";
  readonly #files: { name: string; lines: number }[] = [];
  #last: (Place & { readonly hash: string; readonly n: number }) | undefined;
  #unknown: Unknown | undefined;
  #older = false;
  #cutShort = 0;
  #breakCount = 0;
  readonly #breaks: ChainBreak[] = [];
  #from: string | undefined;
  #to: string | undefined;

  enter(name: string): void {
    this.#file = name;
    this.#files.push({ name, lines: 0 });
  }

  take({ number, text, ended }: LogLine): void {
    const counted = this.#files.at(-1);
    if (counted !== undefined) counted.lines += 1;
    const place = { file: this.#file, line: number };
    const seal = sealOf(text);
    const record = objectOf(text);
    if (seal === undefined || record === undefined) {
      this.#setAside(place, text, record !== undefined, ended);
      return;
    }
    if (typeof record.at === "string") {
      this.#from ??= record.at;
      this.#to = record.at;
    }
    const before = this.#settleUnknown(seal.holds ? record : undefined);
    if (!seal.holds) this.#break(place, "changed", "its content does not fit its own hash");
    // The link of a line behind something that was reported is broken by that already.
    else if (before !== "reported") this.#checkLink(record, place, before === "confirmed");
    const n = typeof record.n === "number" ? record.n : 0;
    this.#last = { ...place, hash: seal.hash, n };
  }

  report(): ChainReport {
    this.#settleUnknown(undefined);
    return {
      intact: this.#breakCount === 0,
      lines: this.#files.reduce((sum, { lines }) => sum + lines, 0),
      ...(this.#from === undefined ? {} : { from: this.#from }),
      ...(this.#to === undefined ? {} : { to: this.#to }),
      files: this.#files,
      older: this.#older,
      cutShort: this.#cutShort,
      breakCount: this.#breakCount,
      breaks: this.#breaks,
    };
  }

  #setAside(place: Place, text: string, isObject: boolean, ended: boolean): void {
    const before = this.#unknown;
    const hash = before?.hash.update("\n") ?? createHash("sha256");
    hash.update(text);
    const what = isObject ? "changed" : !ended || text.startsWith("{") ? "torn" : "not-json";
    this.#unknown = {
      ...(before ?? { ...place, what }),
      hash,
      // Whole JSON was not cut short: it lost its hash in another way.
      mayBeTorn: before?.mayBeTorn !== false && !isObject,
      count: (before?.count ?? 0) + 1,
    };
  }

  #settleUnknown(next: Sealed | undefined): "nothing" | "confirmed" | "reported" {
    const unknown = this.#unknown;
    this.#unknown = undefined;
    if (unknown === undefined) return "nothing";
    const { what, mayBeTorn, count, hash } = unknown;
    if (mayBeTorn && next?.torn === hash.digest("hex").slice(0, 32)) {
      this.#cutShort += count;
      return "confirmed";
    }
    const why = UNKNOWN_WHY[what];
    this.#break(unknown, what, count === 1 ? why : `${why} (and ${count - 1} more behind it)`);
    return "reported";
  }

  #checkLink({ prev, n, first, torn }: Sealed, place: Place, tornConfirmed: boolean): void {
    const last = this.#last;
    if (last === undefined) {
      // Nobody can say what stood in files that are gone, but each file has a first line of its own.
      if (first !== true) this.#break(place, "removed", "lines in front of it are missing");
      this.#older = prev !== "";
      return;
    }
    if (prev !== last.hash) {
      const step = typeof n === "number" ? n - last.n : 0;
      if (step === 1) this.#break(last, "changed", "the line behind it knows it with another hash");
      else if (step > 1)
        this.#break(
          place,
          "removed",
          `${step - 1} ${step === 2 ? "line" : "lines"} in front of it ${step === 2 ? "is" : "are"} missing`,
        );
      else this.#break(place, "out-of-place", "it does not follow the line in front of it");
    } else if (torn !== undefined && !tornConfirmed)
      this.#break(place, "removed", "a part of a line in front of it is missing");
  }

  #break({ file, line }: Place, what: BreakKind, why: string): void {
    this.#breakCount += 1;
    if (this.#breaks.length < AUDIT_LOG_LIMITS.breaks) this.#breaks.push({ file, line, what, why });
  }
}

function objectOf(text: string): Sealed | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
