import type { ChildProcess } from "node:child_process";
import { RUN_LIMITS } from "./limits.ts";
import { OutputBuffer, type OutputStream } from "./output-buffer.ts";
import { releasePiece } from "./release-piece.ts";
import type { RunOptions } from "./run-options.ts";
import { SpoolFeed, type SpoolReport } from "./spool.ts";

/** Changes the output of one run before anybody gets it. */
export interface OutputFilter {
  /** What may be passed on by now; a part may be kept back until more is known. The piece may be given back changed. */
  pass(stream: OutputStream, piece: Buffer): Buffer;
  /** What was kept back of a stream; asked for once, after its last piece. */
  rest(stream: OutputStream): Buffer;
}

const STREAMS = ["stdout", "stderr"] as const;
const none = (): void => undefined;

/** The way of the output of one run: through the filter, into the result and into the spool. */
export class OutputPath {
  readonly kept: OutputBuffer;
  readonly #options: RunOptions;
  #feed: SpoolFeed | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.kept = new OutputBuffer(options.outputBytes ?? RUN_LIMITS.outputBytes, options.decode);
  }

  /** Is the program paused because of the spool? */
  get isWaiting(): boolean {
    return this.#feed?.isWaiting === true;
  }

  read(child: ChildProcess, onPiece: (() => void) | undefined): void {
    const { spool, spoolStallMs: stallMs, filter } = this.#options;
    const both = [child.stdout, child.stderr];
    if (spool !== undefined) {
      this.#feed = new SpoolFeed(spool, {
        pause: () => both.forEach((stream) => stream?.pause()),
        resume: () => both.forEach((stream) => stream?.resume()),
        stallMs,
      });
    }
    for (const name of STREAMS) {
      child[name]?.on("data", (piece: Buffer) => {
        onPiece?.();
        this.#take(name, filter === undefined ? piece : filter.pass(name, piece));
      });
      // What was read before a broken pipe counts; the rest is lost.
      child[name]?.on("error", none);
    }
  }

  /** Nothing more comes. */
  close(): Promise<SpoolReport> | SpoolReport | undefined {
    const { spool, filter } = this.#options;
    if (filter !== undefined) for (const name of STREAMS) this.#take(name, filter.rest(name));
    const feed =
      this.#feed ?? (spool === undefined ? undefined : new SpoolFeed(spool, { pause: none, resume: none }));
    return feed?.close(this.kept.seenBytes);
  }

  #take(name: OutputStream, piece: Buffer): void {
    if (piece.length === 0) return;
    this.kept.add(name, piece);
    if (this.#feed === undefined) releasePiece(piece);
    else this.#feed.give(name, piece);
  }
}
