import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromFirstCharacter, HeadAndTail, withoutPartialCharacter } from "./head-and-tail.ts";
import { RUN_LIMITS } from "./limits.ts";
import { missingMark, OutputBuffer, shares } from "./output-buffer.ts";
import { memoryInUse, runScript } from "./run.test.support.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const half = RUN_LIMITS.outputBytes / 2;

describe("output over the limit", () => {
  it("keeps its first and its last bytes, and says how many are missing", async () => {
    const result = await runScript("printf begin; head -c 30000000 /dev/zero | tr '\\0' a; printf end");
    expect(result).toMatchObject({
      exitCode: 0,
      truncated: true,
      outputBytes: 30_000_008,
      seenBytes: { stdout: 30_000_008, stderr: 0 },
      truncatedBytes: { stdout: 30_000_008 - 2 * half, stderr: 0 },
      stderr: "",
    });
    const mark = missingMark(30_000_008 - 2 * half);
    expect(result.stdout).toBe(`begin${"a".repeat(half - 5)}${mark}${"a".repeat(half - 3)}end`);
  });

  it("of one stream leaves the other one its last words", async () => {
    const result = await runScript("head -c 5000000 /dev/zero | tr '\\0' a; echo it failed >&2");
    expect(result.stderr).toBe("it failed\n");
    expect(result.truncatedBytes).toEqual({ stdout: 5_000_000 - RUN_LIMITS.outputBytes + 10, stderr: 0 });
  });

  it("at the limit exactly is whole", async () => {
    const result = await runScript("printf 12345; printf 67890 >&2", { outputBytes: 10 });
    expect(result).toMatchObject({ stdout: "12345", stderr: "67890", truncated: false, outputBytes: 10 });
  });

  it("is cut between two characters", async () => {
    const result = await runScript("i=0; while [ $i -lt 40 ]; do printf '€'; i=$((i+1)); done", {
      outputBytes: 100,
    });
    expect(result.stdout).toBe("€".repeat(16) + missingMark(120 - 96) + "€".repeat(16));
  });

  it("is valid text also when it never was", async () => {
    const { stdout } = await runScript("printf 'a\\377\\300b'");
    expect(stdout).toBe("a\uFFFD\uFFFDb");
  });

  it("of nothing at all is only a mark", async () => {
    expect((await runScript("printf abc", { outputBytes: 0 })).stdout).toBe(missingMark(3));
  });

  it("takes no memory, whatever is printed", async () => {
    const before = memoryInUse();
    const result = await runScript("head -c 1000000000 /dev/zero");
    expect(result).toMatchObject({ exitCode: 0, outputBytes: 1_000_000_000 });
    expect(memoryInUse() - before).toBeLessThan(10_000_000);
    // What was thrown away is given back late, but never is it as much as was printed.
    expect(process.memoryUsage().rss).toBeLessThan(700_000_000);
  });
});

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

describe("head and tail", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const cuts = fc.array(fc.nat(40), { maxLength: 60 });

  it("are what one gets who keeps everything, however the bytes come in", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        cuts,
        fc.nat(200),
        fc.nat(250),
        (array, sizes, limit, room) => {
          const bytes = Buffer.from(array);
          const kept = new HeadAndTail(limit);
          for (const piece of pieces(Buffer.from(bytes), sizes)) {
            kept.add(piece);
            // Its memory may be somebody else's by now.
            piece.fill(0x21);
          }
          const { head, tail, missing } = kept.excerpt(room);
          const bound = Math.min(limit, room);
          if (bytes.length <= bound) {
            expect([head, tail.length, missing]).toEqual([bytes, 0, 0]);
            return;
          }
          const first = bytes.subarray(0, Math.floor(bound / 2));
          const last = bytes.subarray(bytes.length - Math.ceil(bound / 2));
          expect(head).toEqual(withoutPartialCharacter(first));
          expect(tail).toEqual(fromFirstCharacter(last));
          expect(missing).toBe(bytes.length - head.length - tail.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("of text are text, cut as late as can be", () => {
    fc.assert(
      fc.property(text, cuts, fc.nat(120), (value, sizes, limit) => {
        const bytes = Buffer.from(value);
        const kept = new HeadAndTail(limit);
        for (const piece of pieces(bytes, sizes)) kept.add(piece);
        const { head, tail, missing } = kept.excerpt(limit);
        expect(value.startsWith(utf8.decode(head))).toBe(true);
        expect(value.endsWith(utf8.decode(tail))).toBe(true);
        expect(head.length + tail.length).toBeLessThanOrEqual(limit);
        expect(missing === 0 || head.length + tail.length > limit - 8).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("that come byte by byte are joined on the way", () => {
    const kept = new HeadAndTail(100_000);
    for (const byte of Buffer.from("äb".repeat(40_000))) kept.add(Buffer.from([byte]));
    expect(kept.excerpt(100_000)).toEqual({
      head: Buffer.from(`${"äb".repeat(16_666)}ä`),
      tail: Buffer.from("äb".repeat(16_666).padStart(33_333, "b")),
      missing: 120_000 - 50_000 - 49_999,
    });
  });

  it("of no text at all lose at most three bytes at a cut", () => {
    const odd = Buffer.from([0x80, 0x80, 0x80, 0x80, 0xff]);
    expect(withoutPartialCharacter(odd)).toEqual(odd.subarray(0, 4));
    expect(withoutPartialCharacter(odd.subarray(0, 4))).toEqual(odd.subarray(0, 4));
    expect(fromFirstCharacter(odd)).toEqual(odd.subarray(3));
    expect(fromFirstCharacter(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
  });
});

describe("one limit for two streams", () => {
  it("gives each one half, and what one leaves to the other", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(200), (stdout, stderr, limit) => {
        const room = shares({ stdout, stderr }, limit);
        expect(room.stdout + room.stderr).toBe(Math.min(limit, stdout + stderr));
        expect(room.stdout).toBeGreaterThanOrEqual(Math.min(stdout, Math.floor(limit / 2)));
        expect(room.stderr).toBeGreaterThanOrEqual(Math.min(stderr, Math.floor(limit / 2)));
        expect(room.stdout <= stdout && room.stderr <= stderr).toBe(true);
      }),
    );
  });

  it("keeps the same, whichever stream is read first", () => {
    const part = fc.tuple(
      fc.constantFrom("stdout" as const, "stderr" as const),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.nat(200), (parts, limit) => {
        const [mixed, sorted] = [new OutputBuffer(limit), new OutputBuffer(limit)];
        for (const [stream, value] of parts) mixed.add(stream, Buffer.from(value));
        for (const [stream, value] of parts.toSorted(([a], [b]) => a.localeCompare(b)))
          sorted.add(stream, Buffer.from(value));
        expect(mixed.keep()).toEqual(sorted.keep());
        const whole = (of: string): string =>
          parts.map(([stream, value]) => (stream === of ? value : "")).join("");
        const { stdout, truncatedBytes } = mixed.keep();
        if (truncatedBytes.stdout === 0) expect(stdout).toBe(whole("stdout"));
        else expect(stdout).toContain(missingMark(truncatedBytes.stdout));
      }),
    );
  });
});
