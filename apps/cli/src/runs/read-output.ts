import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { KEPT_LIMITS } from "./limits.ts";

const PIECE_BYTES = 65_536;

/** Reads a growing file from where it was left, as whole characters. */
export class OutputReader {
  readonly #path: string;
  readonly #decoder = new StringDecoder("utf8");
  readonly #buffer = Buffer.allocUnsafe(PIECE_BYTES);
  #file: number | undefined;
  #at = 0;
  /** A carriage return whose line feed may be in the next piece. */
  #kept = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** What has come since the last look; one piece after the other, so that a long output needs no memory. */
  *read(): Generator<string> {
    this.#file ??= openOutput(this.#path);
    if (this.#file === undefined) return;
    for (;;) {
      const length = readSync(this.#file, this.#buffer, 0, PIECE_BYTES, this.#at);
      if (length === 0) return;
      this.#at += length;
      const text = this.#kept + this.#decoder.write(this.#buffer.subarray(0, length));
      this.#kept = text.endsWith("\r") ? "\r" : "";
      const whole = text.slice(0, text.length - this.#kept.length);
      if (whole !== "") yield whole;
    }
  }

  /** What is left when nothing more comes. */
  rest(): string {
    const text = this.#kept + this.#decoder.end();
    this.#kept = "";
    return text;
  }

  /** Goes to the beginning of the last lines that are there now. */
  skipToLast(lines: number): void {
    this.#file ??= openOutput(this.#path);
    if (this.#file === undefined) return;
    const { size } = fstatSync(this.#file);
    const look = Math.min(size, KEPT_LIMITS.tailBytes);
    const buffer = Buffer.allocUnsafe(look);
    const length = readSync(this.#file, buffer, 0, look, size - look);
    let at = length;
    for (let left = lines; left > 0 && at > 0; left -= 1) at = buffer.lastIndexOf(LINE_FEED, at - 2) + 1;
    this.#at = size - look + at;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

const LINE_FEED = 10;

/** Undefined where there is nothing (yet), or no plain file. */
function openOutput(path: string): number | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch {
    // Not there.
  }
  return undefined;
}
