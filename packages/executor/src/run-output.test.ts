import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RUN_LIMITS } from "./limits.ts";
import { OutputBuffer, withoutPartialCharacter } from "./output-buffer.ts";
import { runScript } from "./run.test.support.ts";

const MARK = "\n... (truncated)";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

describe("output over the limit", () => {
  it("is counted, but not kept", async () => {
    const result = await runScript("head -c 30000000 /dev/zero | tr '\\0' a");
    expect(result).toMatchObject({ exitCode: 0, truncated: true, outputBytes: 30_000_000, stderr: "" });
    expect(result.stdout).toBe("a".repeat(RUN_LIMITS.outputBytes) + MARK);
  });

  it("is the two streams' together, and marked where there is error text", async () => {
    const result = await runScript("printf 12345678; sleep 0.2; printf abcdefgh >&2; sleep 0.2; printf 9", {
      outputBytes: 10,
    });
    expect(result).toMatchObject({
      stdout: "12345678",
      stderr: `ab${MARK}`,
      truncated: true,
      outputBytes: 17,
    });
    const silent = await runScript("printf 1234567890; sleep 0.2; printf a >&2", { outputBytes: 10 });
    expect(silent).toMatchObject({ stdout: `1234567890${MARK}`, stderr: "", truncated: true });
  });

  it("at the limit exactly is whole", async () => {
    const result = await runScript("printf 1234567890", { outputBytes: 10 });
    expect(result).toMatchObject({ stdout: "1234567890", truncated: false, outputBytes: 10 });
  });

  it("ends with a whole character", async () => {
    const result = await runScript("i=0; while [ $i -lt 40 ]; do printf '€'; i=$((i+1)); done", {
      outputBytes: 100,
    });
    expect(result.stdout).toBe("€".repeat(33) + MARK);
  });

  it("is valid text also when it never was", async () => {
    const { stdout } = await runScript("printf 'a\\377\\300b'");
    expect(stdout).toBe("a\uFFFD\uFFFDb");
  });
});

describe("kept output", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const cuts = fc.array(fc.nat(12), { maxLength: 60 });

  /** Bytes in pieces of the given sizes, and the rest. */
  function pieces(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
    const parts: Buffer[] = [];
    let at = 0;
    for (const size of sizes) {
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return [...parts, bytes.subarray(at)];
  }

  it("is the longest start that ends with a character, however the bytes come in", () => {
    fc.assert(
      fc.property(text, cuts, fc.nat(120), (value, sizes, limit) => {
        const bytes = Buffer.from(value);
        const buffer = new OutputBuffer(limit);
        for (const piece of pieces(bytes, sizes)) buffer.add("stdout", piece);
        const kept = Buffer.from(buffer.text("stdout"));
        expect(utf8.decode(kept)).toBe(value.slice(0, buffer.text("stdout").length));
        const next = value.slice(buffer.text("stdout").length);
        const nextBytes = Buffer.byteLength(String.fromCodePoint(next.codePointAt(0) ?? 0));
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect(next === "" || kept.length + nextBytes > limit).toBe(true);
        expect([buffer.seenBytes, buffer.truncated]).toEqual([bytes.length, bytes.length > limit]);
      }),
      { numRuns: 1000 },
    );
  });

  it("of two streams is never more than the limit, and never half a character", () => {
    const piece = fc.tuple(fc.constantFrom("stdout", "stderr"), text);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.nat(200), (parts, limit) => {
        const buffer = new OutputBuffer(limit);
        for (const [stream, value] of parts) buffer.add(stream, Buffer.from(value));
        const kept = (["stdout", "stderr"] as const).map((stream) => {
          const whole = parts.filter(([of]) => of === stream).map(([, value]) => value);
          const out = buffer.text(stream);
          expect(whole.join("").startsWith(out)).toBe(true);
          return Buffer.byteLength(out);
        });
        expect(kept.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("that comes byte by byte is joined on the way", () => {
    const buffer = new OutputBuffer(100_000);
    const bytes = Buffer.from("äb".repeat(40_000));
    for (const byte of bytes) buffer.add("stderr", Buffer.from([byte]));
    expect(buffer.text("stderr")).toBe("äb".repeat(33_333));
    expect(buffer.seenBytes).toBe(120_000);
  });

  it("that is no text at all is left as it is", () => {
    for (const bytes of [[], [0x80], [0x80, 0x80, 0x80, 0x80], [0x61, 0xff]])
      expect([...withoutPartialCharacter(Buffer.from(bytes))]).toEqual(
        bytes.at(-1) === 0xff ? [0x61] : bytes,
      );
  });
});
