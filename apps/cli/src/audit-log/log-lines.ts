import { readSync } from "node:fs";
import { AUDIT_LINE_LIMITS } from "../host/audit-line.ts";
import { AUDIT_LOG_LIMITS } from "./limits.ts";

/** One line of a file. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; only the beginning of a line that is longer than any of ours. */
  readonly text: string;
  /** False for what stands behind the last line end. */
  readonly ended: boolean;
  /** Where the next line begins, in bytes. */
  readonly next: number;
}

export type ReadBytes = (buffer: Buffer, position: number) => number;

/** The lines of a file, one at a time: whatever its size, only a chunk and a line are held. */
export function* linesOf(file: number, from: number = 0): Generator<LogLine> {
  yield* linesFrom((buffer, position) => readSync(file, buffer, 0, buffer.length, position), from);
}

export function* linesFrom(read: ReadBytes, from: number): Generator<LogLine> {
  const { lineBytes } = AUDIT_LINE_LIMITS;
  const buffer = Buffer.allocUnsafe(AUDIT_LOG_LIMITS.chunkBytes);
  let parts: Buffer[] = [];
  let held = 0;
  let number = 1;
  let position = from;
  const hold = (part: Buffer): void => {
    const kept = part.subarray(0, Math.max(0, lineBytes - held));
    // The chunk is filled again, so what is kept of a line that goes on has to be copied.
    if (kept.length > 0) parts.push(Buffer.from(kept));
    held += part.length;
  };
  for (;;) {
    const length = read(buffer, position);
    if (length === 0) break;
    let start = 0;
    for (;;) {
      const end = buffer.indexOf(0x0a, start);
      if (end < 0 || end >= length) break;
      const whole = held === 0 ? buffer.toString("utf8", start, Math.min(end, start + lineBytes)) : undefined;
      if (whole === undefined) hold(buffer.subarray(start, end));
      const text = whole ?? Buffer.concat(parts).toString("utf8");
      parts = [];
      held = 0;
      yield { number, text, ended: true, next: position + end + 1 };
      number += 1;
      start = end + 1;
    }
    hold(buffer.subarray(start, length));
    position += length;
  }
  if (held > 0) yield { number, text: Buffer.concat(parts).toString("utf8"), ended: false, next: position };
}
