import { RUN_LIMITS } from "./limits.ts";

/** Keeps the first bytes of both streams under one common limit and counts the rest. */
export class OutputBuffer {
  readonly #limit: number;
  readonly #chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  #kept = 0;
  #seen = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Bytes that the child printed, kept or not. */
  get seenBytes(): number {
    return this.#seen;
  }

  get truncated(): boolean {
    return this.#seen > this.#kept;
  }

  add(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.#seen += chunk.length;
    const room = this.#limit - this.#kept;
    if (room <= 0) return;
    const part = chunk.length <= room ? chunk : Buffer.from(chunk.subarray(0, room));
    this.#kept += part.length;
    const chunks = this.#chunks[stream];
    chunks.push(part);
    // Output that comes byte by byte must not cost a hundred times its size.
    if (chunks.length >= RUN_LIMITS.outputPieces) this.#chunks[stream] = [Buffer.concat(chunks)];
  }

  /** The kept bytes as text; a character that the limit cut in two is left out. */
  text(stream: "stdout" | "stderr"): string {
    const bytes = Buffer.concat(this.#chunks[stream]);
    return (this.truncated ? withoutPartialCharacter(bytes) : bytes).toString("utf8");
  }
}

/** Drops the incomplete UTF-8 character at the end, if there is one. */
export function withoutPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
