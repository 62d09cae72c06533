import { systemCode } from "./errors.ts";
import { RUN_LIMITS } from "./limits.ts";
import type { OutputStream, StreamBytes } from "./output-buffer.ts";
import { releasePiece } from "./release-piece.ts";

/** Where the whole output of a run goes while it runs. */
export interface RunSpool {
  /**
   * Takes a piece, which is the spool's from then on. `true`: give the next one. A promise: the program is paused until it settles. `false`: full, it
   * takes no more. What it throws or rejects with means that it is broken. The run goes on in every case.
   */
  write(stream: OutputStream, chunk: Buffer): boolean | Promise<boolean>;
  /**
   * After the last piece, once, also when it is full or broken. Settles when everything that was taken is kept;
   * undefined: it is already.
   */
  close(): Promise<void> | undefined;
  /** Bytes that are kept. */
  readonly written: StreamBytes;
}

export type SpoolEnd = "quota" | "no-space" | "failed" | "stalled";

/** What became of the spool of a run. */
export interface SpoolReport {
  /** Is everything that the run printed in the spool? */
  readonly complete: boolean;
  readonly writtenBytes: StreamBytes;
  /** Why it is not complete. */
  readonly reason: SpoolEnd | undefined;
  /** The system's words for it, for a person. */
  readonly message: string | undefined;
}

export interface SpoolFlow {
  readonly pause: () => void;
  readonly resume: () => void;
  /** Milliseconds that the spool may take for one piece, or for its end. */
  readonly stallMs?: number | undefined;
}

/** Feeds a spool as fast as it takes the output, and lets the run go on without it when it fails. */
export class SpoolFeed {
  readonly #spool: RunSpool;
  readonly #flow: SpoolFlow;
  #end: { readonly reason: SpoolEnd; readonly message: string } | undefined;
  #waits = 0;

  constructor(spool: RunSpool, flow: SpoolFlow) {
    this.#spool = spool;
    this.#flow = flow;
  }

  /** Is the program paused because of the spool? */
  get isWaiting(): boolean {
    return this.#waits > 0;
  }

  give(stream: OutputStream, chunk: Buffer): void {
    if (this.#end !== undefined) return releasePiece(chunk);
    try {
      const taken = this.#spool.write(stream, chunk);
      if (taken === true) return;
      if (taken === false) this.#full();
      else void this.#wait(taken);
    } catch (error) {
      this.#broken(error);
    }
  }

  async #wait(taking: Promise<boolean>): Promise<void> {
    this.#waits += 1;
    // Each time: when the program has ended, the runtime lets its pipes flow again.
    this.#flow.pause();
    try {
      if (!(await this.#inTime(taking))) this.#full();
    } catch (error) {
      this.#broken(error);
    }
    this.#waits -= 1;
    if (this.#waits === 0) this.#flow.resume();
  }

  /** A promise only where something is on its way still. */
  close(seen: StreamBytes): SpoolReport | Promise<SpoolReport> {
    try {
      const closing = this.#spool.close();
      if (closing !== undefined) return this.#closed(closing, seen);
    } catch (error) {
      this.#broken(error);
    }
    return this.#report(seen);
  }

  async #closed(closing: Promise<void>, seen: StreamBytes): Promise<SpoolReport> {
    try {
      await this.#inTime(closing);
    } catch (error) {
      this.#broken(error);
    }
    return this.#report(seen);
  }

  #report(seen: StreamBytes): SpoolReport {
    const { stdout, stderr } = this.#spool.written;
    if (this.#end === undefined && (stdout !== seen.stdout || stderr !== seen.stderr)) this.#full();
    return {
      complete: this.#end === undefined,
      writtenBytes: { stdout, stderr },
      reason: this.#end?.reason,
      message: this.#end?.message,
    };
  }

  #full(): void {
    this.#end ??= { reason: "quota", message: "the room for kept output is used up" };
  }

  #broken(error: unknown): void {
    const code = systemCode(error);
    const reason = error === STALLED ? "stalled" : NO_SPACE.has(code) ? "no-space" : "failed";
    this.#end ??= { reason, message: error instanceof Error ? error.message : String(error) };
  }

  /** A spool that never answers must not hold the run for ever. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(STALLED), this.#flow.stallMs ?? RUN_LIMITS.spoolStallMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const NO_SPACE: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const STALLED = new Error("the place where output is kept does not answer");
