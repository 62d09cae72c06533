import {
  releasePiece,
  type FileSpool,
  type OutputStream,
  type RunReport,
  type RunSpool,
  type StreamBytes,
} from "@openclaw/executor";
import { KEPT_LIMITS } from "./limits.ts";
import type { KeptEnd, RunRecord } from "./run-record.ts";

export type KeptStart = Omit<RunRecord, "version" | "hostPid" | "end">;

/** Where runs are kept. */
export interface RunHome {
  open(start: KeptStart): { readonly name: string; readonly spool: FileSpool };
  end(name: string, end: KeptEnd): void;
  delivered(name: string): void;
  problem(error: unknown): void;
}

/**
 * The output of one run on its way to the disk. It stays in memory while it is short, and reaches the disk when it grows
 * longer than the answer can hold, when the run takes its time, or when nobody took the answer.
 */
export class KeptRun implements RunSpool {
  readonly #home: RunHome;
  readonly #start: () => KeptStart;
  readonly #holdBytes: number;
  readonly #held: Record<OutputStream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #heldBytes: { stdout: number; stderr: number } = { stdout: 0, stderr: 0 };
  readonly #timer: NodeJS.Timeout;
  #kept: { readonly name: string; readonly spool: FileSpool } | undefined;
  #error: unknown;
  #end: KeptEnd | undefined;
  #late: Promise<void> | undefined;

  constructor(
    home: RunHome,
    start: () => KeptStart,
    hold: { readonly holdBytes: number; readonly holdMs: number },
  ) {
    this.#home = home;
    this.#start = start;
    this.#holdBytes = hold.holdBytes;
    this.#timer = setTimeout(() => void this.#keep(), hold.holdMs);
  }

  get written(): StreamBytes {
    return this.#kept?.spool.written ?? this.#heldBytes;
  }

  write(stream: OutputStream, chunk: Buffer): boolean | Promise<boolean> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#kept !== undefined) return this.#kept.spool.write(stream, chunk);
    const held = this.#held[stream];
    held.push(chunk);
    if (held.length >= KEPT_LIMITS.holdPieces) this.#held[stream] = [joined(held)];
    this.#heldBytes[stream] += chunk.length;
    if (this.#heldBytes.stdout + this.#heldBytes.stderr <= this.#holdBytes) return true;
    const taken = this.#keep();
    if (this.#error !== undefined) throw this.#error;
    return taken;
  }

  close(): Promise<void> | undefined {
    clearTimeout(this.#timer);
    if (this.#error !== undefined) throw this.#error;
    return this.#kept?.spool.close();
  }

  /** The run is over; what its result says is kept where its output is. */
  over(result: RunReport, at: number): void {
    clearTimeout(this.#timer);
    this.#end = {
      at,
      ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
      ...(result.signal === undefined ? {} : { signal: result.signal }),
      timedOut: result.timedOut,
      cancelled: result.cancelled,
      ...(result.failure === undefined ? {} : { error: result.failure.message }),
      outputBytes: result.outputBytes,
      ...(result.spool?.complete === false ? { incomplete: result.spool.message ?? "unknown" } : {}),
      delivered: false,
    };
    if (this.#kept !== undefined) this.#home.end(this.#kept.name, this.#end);
  }

  /** Tells whether the Gateway took the answer. One that nobody took is not lost: it is kept now, and may be taken later. */
  answered(taken: boolean): void {
    if (taken) {
      if (this.#late === undefined) this.#taken();
      // Its end is still being written down.
      else void this.#late.then(() => this.#taken());
      return;
    }
    if (this.#kept !== undefined || this.#end === undefined || this.#error !== undefined) return;
    this.#late = this.#keepLate(this.#end);
  }

  #taken(): void {
    if (this.#kept !== undefined) this.#home.delivered(this.#kept.name);
    else this.#forget();
  }

  /** The Gateway has it all. */
  #forget(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      for (const piece of this.#held[stream]) releasePiece(piece);
      this.#held[stream] = [];
    }
  }

  async #keepLate(end: KeptEnd): Promise<void> {
    void this.#keep();
    try {
      await this.#kept?.spool.close();
    } catch (error) {
      this.#home.problem(error);
    }
    if (this.#kept !== undefined) this.#home.end(this.#kept.name, end);
  }

  /** From memory to the disk. Never throws; what is broken is told with the next piece. */
  #keep(): boolean | Promise<boolean> {
    // Only one of the reasons to keep it counts: a second place would take the rest of the output.
    clearTimeout(this.#timer);
    let taken: boolean | Promise<boolean> = true;
    try {
      this.#kept = this.#home.open(this.#start());
      for (const stream of ["stdout", "stderr"] as const) {
        const pieces = this.#held[stream];
        this.#held[stream] = [];
        if (pieces.length > 0) taken = this.#kept.spool.write(stream, joined(pieces));
        // Whoever waits for it hears of it; it must not end the host where nobody does.
        if (typeof taken !== "boolean") taken.catch(() => undefined);
      }
    } catch (error) {
      this.#error = error;
      this.#home.problem(error);
    }
    return taken;
  }
}

/** One piece of many, whose memory is given back. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const whole = Buffer.concat(pieces);
  for (const piece of pieces) releasePiece(piece);
  return whole;
}
