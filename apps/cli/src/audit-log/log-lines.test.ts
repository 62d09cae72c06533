import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_LINE_LIMITS } from "../host/audit-line.ts";
import { AUDIT_LOG_LIMITS } from "./limits.ts";
import { linesFrom, type ReadBytes } from "./log-lines.ts";

/** Reads like a file does, at most so many bytes at a time. */
function reading(content: Buffer, most: number): ReadBytes {
  return (buffer, position) => content.copy(buffer, 0, position, Math.min(content.length, position + most));
}

describe("linesFrom", () => {
  it("gives what stands between line ends, in pieces of any size", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll("\n", ""));
    fc.assert(
      fc.property(fc.array(line), line, fc.integer({ min: 1, max: 7 }), (lines, rest, most) => {
        const texts = [...lines, rest];
        const content = Buffer.from(texts.join("\n"));
        const read = [...linesFrom(reading(content, most), 0)];
        const whole = read.filter(({ ended }) => ended);
        expect(whole.map(({ text }) => text)).toEqual(texts.slice(0, -1));
        expect(whole.map(({ number }) => number)).toEqual(texts.slice(1).map((_, index) => index + 1));
        expect(read.filter(({ ended }) => !ended).map(({ text }) => text)).toEqual(
          texts.slice(-1).filter((text) => text !== ""),
        );
        // Reading may go on behind any line.
        for (const { next, number } of whole)
          expect([...linesFrom(reading(content, most), next)].map(({ text }) => text)).toEqual(
            read.slice(number).map(({ text }) => text),
          );
      }),
    );
  });

  it("reads 100 MB a chunk at a time, and only when every line before it was taken", () => {
    const line = Buffer.from(`${"x".repeat(1023)}\n`);
    const total = 100 * 1024 * 1024;
    const buffers = new Set<Buffer>();
    let lines = 0;
    let taken = 0;
    let ahead = 0;
    const endless: ReadBytes = (buffer, position) => {
      buffers.add(buffer);
      ahead = Math.max(ahead, position - taken);
      const length = Math.min(buffer.length, total - position);
      // From wherever in a line the chunk before ended.
      for (let at = -(position % line.length); at < length; at += line.length)
        line.copy(buffer, Math.max(0, at), Math.max(0, -at), Math.min(line.length, length - at));
      return length;
    };
    for (const { text } of linesFrom(endless, 0)) {
      lines += 1;
      taken += text.length + 1;
    }
    expect([lines, taken]).toEqual([total / 1024, total]);
    expect(ahead).toBeLessThan(line.length);
    expect([...buffers].map((buffer) => buffer.length)).toEqual([AUDIT_LOG_LIMITS.chunkBytes]);
  });

  it("holds only the beginning of a line that is longer than any of ours", () => {
    const total = 100 * 1024 * 1024;
    let reads = 0;
    const endless: ReadBytes = (buffer, position) => {
      reads += 1;
      const length = Math.min(buffer.length, total - position);
      buffer.fill("x", 0, length);
      return length;
    };
    const lines = [...linesFrom(endless, 0)];
    expect(lines).toHaveLength(1);
    expect(lines[0]?.text).toHaveLength(AUDIT_LINE_LIMITS.lineBytes);
    expect(reads).toBeGreaterThan(1000);
  });
});
