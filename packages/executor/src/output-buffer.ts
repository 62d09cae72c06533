import { HeadAndTail } from "./head-and-tail.ts";

export type OutputStream = "stdout" | "stderr";

/** A number for each stream; bytes. */
export interface StreamBytes {
  readonly stdout: number;
  readonly stderr: number;
}

/** Makes text of bytes. `cut`: at which end more was there, so that a character may be cut. */
export type DecodeOutput = (bytes: Buffer, cut?: "front" | "end") => string;

const utf8: DecodeOutput = (bytes) => bytes.toString("utf8");

/** What is kept of the output of a run, as text. */
export interface KeptOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly truncatedBytes: StreamBytes;
}

/** Stands where bytes are missing. */
export function missingMark(bytes: number): string {
  return `\n... (truncated: ${bytes} bytes are missing here) ...\n`;
}

/**
 * Keeps the first and the last bytes of both streams under one common limit and counts the rest. Each stream has a
 * right to one half; what one does not need, the other gets. So the few last words of one are never lost in the flood
 * of the other, and what is kept does not depend on which of the two was read first.
 */
export class OutputBuffer {
  readonly #limit: number;
  readonly #decode: DecodeOutput;
  readonly #streams: Record<OutputStream, HeadAndTail | undefined> = { stdout: undefined, stderr: undefined };

  constructor(limitBytes: number, decode: DecodeOutput = utf8) {
    this.#decode = decode;
    this.#limit = Math.max(0, Math.floor(limitBytes));
  }

  /** Bytes that the child printed, kept or not. */
  get seenBytes(): StreamBytes {
    return { stdout: this.#streams.stdout?.seenBytes ?? 0, stderr: this.#streams.stderr?.seenBytes ?? 0 };
  }

  add(stream: OutputStream, chunk: Buffer): void {
    (this.#streams[stream] ??= new HeadAndTail(this.#limit)).add(chunk);
  }

  keep(): KeptOutput {
    const room = shares(this.seenBytes, this.#limit);
    const stdout = excerptText(this.#streams.stdout, room.stdout, this.#decode);
    const stderr = excerptText(this.#streams.stderr, room.stderr, this.#decode);
    return {
      stdout: stdout.text,
      stderr: stderr.text,
      truncatedBytes: { stdout: stdout.missing, stderr: stderr.missing },
    };
  }

  /** What was kept is a text by now; only the numbers stay. */
  release(): void {
    this.#streams.stdout?.release();
    this.#streams.stderr?.release();
  }
}

/** Divides the limit: to each what it needs or one half, and the rest to the one that needs more. */
export function shares(seen: StreamBytes, limit: number): StreamBytes {
  if (seen.stdout + seen.stderr <= limit) return seen;
  const half = Math.floor(limit / 2);
  if (seen.stderr <= half) return { stdout: limit - seen.stderr, stderr: seen.stderr };
  if (seen.stdout <= limit - half) return { stdout: seen.stdout, stderr: limit - seen.stdout };
  return { stdout: limit - half, stderr: half };
}

function excerptText(
  stream: HeadAndTail | undefined,
  bytes: number,
  decode: DecodeOutput,
): { readonly text: string; readonly missing: number } {
  if (stream === undefined) return { text: "", missing: 0 };
  const { head, tail, missing } = stream.excerpt(bytes);
  if (missing === 0) return { text: decode(head), missing };
  return { text: `${decode(head, "end")}${missingMark(missing)}${decode(tail, "front")}`, missing };
}
