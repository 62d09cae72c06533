import { RUN_LIMITS } from "./limits.ts";
import { releasePiece } from "./release-piece.ts";

/** What is left of a stream that was cut down to a number of bytes. */
export interface Excerpt {
  readonly head: Buffer;
  /** Empty when nothing is missing. */
  readonly tail: Buffer;
  /** Bytes between the two that are not kept. */
  readonly missing: number;
}

const NOTHING = Buffer.alloc(0);

function joined(pieces: readonly Buffer[]): Buffer {
  const [first = NOTHING] = pieces;
  return pieces.length <= 1 ? first : Buffer.concat(pieces);
}

/** Keeps the first and the last bytes of a stream, in at most `limitBytes` of memory. */
export class HeadAndTail {
  readonly #limit: number;
  readonly #headRoom: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  /** A ring, made when the head is full: most runs never need it. */
  #ring: Buffer | undefined;
  #ringNext = 0;
  #seen = 0;

  constructor(limitBytes: number) {
    this.#limit = Math.max(0, Math.floor(limitBytes));
    this.#headRoom = Math.floor(this.#limit / 2);
  }

  get seenBytes(): number {
    return this.#seen;
  }

  /** Copies what it keeps: the piece goes on to others, who may give its memory back. */
  add(chunk: Buffer): void {
    this.#seen += chunk.length;
    const room = this.#headRoom - this.#headBytes;
    if (room > 0) this.#addHead(Buffer.from(chunk.subarray(0, room)));
    if (room >= chunk.length) return;
    this.#addTail(chunk.subarray(Math.max(0, room)));
  }

  #addHead(part: Buffer): void {
    this.#headBytes += part.length;
    this.#head.push(part);
    // Output that comes byte by byte must not cost a hundred times its size.
    if (this.#head.length >= RUN_LIMITS.outputPieces) this.#head = [Buffer.concat(this.#head)];
  }

  #addTail(part: Buffer): void {
    const size = this.#limit - this.#headRoom;
    if (size === 0) return;
    this.#ring ??= Buffer.allocUnsafeSlow(size);
    const last = part.length > size ? part.subarray(part.length - size) : part;
    const atEnd = last.copy(this.#ring, this.#ringNext);
    last.copy(this.#ring, 0, atEnd);
    this.#ringNext = (this.#ringNext + last.length) % size;
  }

  /** The stream in at most `bytes` bytes; both cuts lie between two characters. */
  excerpt(bytes: number): Excerpt {
    const room = Math.min(Math.max(0, Math.floor(bytes)), this.#limit);
    if (this.#ring === undefined && this.#seen <= room)
      return { head: joined(this.#head), tail: NOTHING, missing: 0 };
    const start = joined(this.#head);
    const end = this.#tail();
    // While everything is still here, the two are one.
    const whole = this.#seen === start.length + end.length ? Buffer.concat([start, end]) : undefined;
    if (whole !== undefined && whole.length <= room) return { head: whole, tail: NOTHING, missing: 0 };
    const headRoom = Math.floor(room / 2);
    const tailRoom = room - headRoom;
    const last = whole ?? end;
    const head = withoutPartialCharacter((whole ?? start).subarray(0, headRoom));
    const tail = fromFirstCharacter(last.subarray(Math.max(0, last.length - tailRoom)));
    return { head, tail, missing: this.#seen - head.length - tail.length };
  }

  /** Gives the memory back; only the number of bytes stays. */
  release(): void {
    for (const piece of this.#head) releasePiece(piece);
    this.#head = [];
    if (this.#ring !== undefined) releasePiece(this.#ring);
    this.#ring = undefined;
  }

  /** The last bytes in their order. */
  #tail(): Buffer {
    const ring = this.#ring;
    if (ring === undefined) return NOTHING;
    const inRing = this.#seen - this.#headBytes;
    if (inRing <= ring.length) return ring.subarray(0, inRing);
    return Buffer.concat([ring.subarray(this.#ringNext), ring.subarray(0, this.#ringNext)]);
  }
}

/** Drops the incomplete UTF-8 character at the end, if there is one. */
export function withoutPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** Drops the end of a UTF-8 character in front, if there is one. */
export function fromFirstCharacter(bytes: Buffer): Buffer {
  let at = 0;
  while (at < Math.min(3, bytes.length) && isContinuation(bytes[at] ?? 0)) at += 1;
  return bytes.subarray(at);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
