import { closeSync, constants, openSync, writev } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RUN_LIMITS } from "./limits.ts";
import type { OutputStream, StreamBytes } from "./output-buffer.ts";
import { releasePiece } from "./release-piece.ts";
import type { RunSpool } from "./spool.ts";

/** Room that several spools share. */
export interface SpoolQuota {
  /** Asks for room; gives as many bytes as may be written. */
  take(bytes: number): number;
}

export interface FileSpoolOptions {
  /** An existing directory of this user alone. */
  readonly directory: string;
  /** The files are `NAME.stdout` and `NAME.stderr`, made when there is something to write; they must not exist. */
  readonly name: string;
  /** Bytes of both files together. */
  readonly maxBytes?: number | undefined;
  readonly quota?: SpoolQuota | undefined;
  /** So much output stays in memory before the first file is made: short runs leave none. */
  readonly holdBytes?: number | undefined;
}

/** The output of a run in two files, byte for byte, readable while they grow. */
export class FileSpool implements RunSpool {
  readonly paths: Readonly<Record<OutputStream, string>>;
  readonly #options: FileSpoolOptions;
  readonly #lanes: Readonly<Record<OutputStream, Lane>>;
  /** Undefined as soon as files are written. */
  #held: (readonly [OutputStream, Buffer])[] | undefined;
  #heldBytes = 0;
  #room: number;
  #waiters: (() => void)[] = [];

  constructor(options: FileSpoolOptions) {
    const { directory, name, holdBytes = 0, maxBytes = RUN_LIMITS.spoolBytes } = options;
    this.#options = options;
    this.#room = maxBytes;
    this.#held = holdBytes > 0 ? [] : undefined;
    this.paths = { stdout: join(directory, `${name}.stdout`), stderr: join(directory, `${name}.stderr`) };
    const onProgress = (): void => this.#wake();
    this.#lanes = {
      stdout: new Lane(this.paths.stdout, onProgress),
      stderr: new Lane(this.paths.stderr, onProgress),
    };
  }

  get written(): StreamBytes {
    const held = (stream: OutputStream): number =>
      (this.#held ?? []).reduce((sum, [of, { length }]) => (of === stream ? sum + length : sum), 0);
    return {
      stdout: this.#lanes.stdout.written + held("stdout"),
      stderr: this.#lanes.stderr.written + held("stderr"),
    };
  }

  /** Writes what is held now, for somebody who wants to read along. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [stream, chunk] of held) this.#put(stream, chunk);
  }

  write(stream: OutputStream, chunk: Buffer): boolean | Promise<boolean> {
    if (this.#held !== undefined) {
      this.#held.push([stream, chunk]);
      this.#heldBytes += chunk.length;
      if (this.#heldBytes <= (this.#options.holdBytes ?? 0) && this.#held.length < RUN_LIMITS.outputPieces)
        return true;
      this.release();
    } else this.#put(stream, chunk);
    const broken = this.#error();
    if (broken !== undefined) throw broken;
    if (this.#room <= 0) return false;
    if (this.#waitingBytes() < RUN_LIMITS.spoolQueueBytes) return true;
    return this.#whenThereIsRoom();
  }

  async close(): Promise<void> {
    // Little enough to have stayed in memory all the time: the run's result holds it.
    await Promise.all([this.#lanes.stdout.close(), this.#lanes.stderr.close()]);
    const broken = this.#error();
    if (broken !== undefined) throw broken;
  }

  #put(stream: OutputStream, chunk: Buffer): void {
    const wanted = Math.min(chunk.length, this.#room);
    const granted =
      wanted <= 0 ? 0 : Math.max(0, Math.min(wanted, this.#options.quota?.take(wanted) ?? wanted));
    // Less than asked for is the end: a hole in the middle would not be seen.
    this.#room = granted < chunk.length ? 0 : this.#room - granted;
    if (granted > 0) this.#lanes[stream].add(granted < chunk.length ? chunk.subarray(0, granted) : chunk);
  }

  async #whenThereIsRoom(): Promise<boolean> {
    while (this.#waitingBytes() > RUN_LIMITS.spoolQueueBytes / 2 && this.#error() === undefined) {
      // One wake-up at a time: the next piece that is written.
      // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    const broken = this.#error();
    if (broken !== undefined) throw broken;
    return true;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #waitingBytes(): number {
    return this.#lanes.stdout.waitingBytes + this.#lanes.stderr.waitingBytes;
  }

  #error(): Error | undefined {
    return this.#lanes.stdout.error ?? this.#lanes.stderr.error;
  }
}

const writeAll = promisify(writev);
/** Pieces in one write: the kernel takes 1024. */
const PIECES_AT_ONCE = 256;
const FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_EXCL |
  (constants.O_NOFOLLOW ?? 0);

/** One file, written to in the order of the pieces, one write at a time. */
class Lane {
  readonly #path: string;
  readonly #onProgress: () => void;
  #file: number | undefined;
  #queue: Buffer[] = [];
  #work: Promise<void> | undefined;
  waitingBytes = 0;
  written = 0;
  error: Error | undefined;

  constructor(path: string, onProgress: () => void) {
    this.#path = path;
    this.#onProgress = onProgress;
  }

  add(chunk: Buffer): void {
    if (this.error !== undefined) return;
    this.#queue.push(chunk);
    this.waitingBytes += chunk.length;
    this.#work ??= this.#writeQueue();
  }

  async close(): Promise<void> {
    await this.#work;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async #writeQueue(): Promise<void> {
    try {
      this.#file ??= openSync(this.#path, FLAGS, 0o600);
      while (this.#queue.length > 0) {
        // In order, one after the other; what comes meanwhile goes with the next write.
        // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
        const { bytesWritten } = await writeAll(this.#file, this.#queue.slice(0, PIECES_AT_ONCE));
        if (bytesWritten === 0) throw new Error(`nothing could be written to \`${this.#path}\``);
        this.#done(bytesWritten);
      }
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
      this.#queue = [];
      this.waitingBytes = 0;
    }
    this.#work = undefined;
    this.#onProgress();
  }

  /** A disk that is nearly full may take a part only. */
  #done(bytes: number): void {
    this.written += bytes;
    this.waitingBytes -= bytes;
    let left = bytes;
    for (let first = this.#queue[0]; first !== undefined && left > 0; first = this.#queue[0]) {
      const { length } = first;
      if (length > left) this.#queue[0] = first.subarray(left);
      else {
        this.#queue.shift();
        releasePiece(first);
      }
      left = Math.max(0, left - length);
    }
    this.#onProgress();
  }
}
