import type { RunResult } from "@openclaw/executor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finishedEvent, runPayload } from "./run-answer.ts";

const DONE: RunResult = {
  exitCode: 0,
  signal: undefined,
  timedOut: false,
  cancelled: false,
  success: true,
  stdout: "out\n",
  stderr: "",
  failure: undefined,
  truncated: false,
  outputBytes: 4,
};
const NAMES = { sessionKey: "s", runId: "r" };
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u;
const MARK = /\n\.\.\. \(truncated: (\d+) bytes are missing here\) \.\.\.\n/u;
/** The smallest limit that a Gateway can name, less the part that is kept free. */
const SMALLEST = 14_745;

const frameBytes = (payload: unknown): number =>
  Buffer.byteLength(JSON.stringify(JSON.stringify(payload)), "utf8");

/** Long texts of characters that grow differently: plain, quoted, control, of two, three and four bytes. */
const output = fc
  .array(
    fc.tuple(
      fc.constantFrom("a", '"', "\\", "\u0000", "\u001b[31m", "\n", "é", "漢", "😀", "\u2028"),
      fc.nat(4000),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.map(([text, times]) => text.repeat(times)).join(""));

describe("runPayload", () => {
  it("passes on what fits, field by field", () => {
    expect(runPayload(DONE, 1_000_000)).toEqual({
      exitCode: 0,
      timedOut: false,
      success: true,
      stdout: "out\n",
      stderr: "",
      error: null,
    });
  });

  it.each([
    [{ exitCode: undefined, signal: "SIGSEGV" as const }, "the command was ended by SIGSEGV"],
    [{ cancelled: true, signal: "SIGTERM" as const }, "the run was cancelled"],
    [{ timedOut: true, exitCode: 124, signal: "SIGTERM" as const }, null],
    [{ failure: { code: "spawn-failed" as const, message: "it did not start" } }, "it did not start"],
  ])("says why a run failed: %j", (parts, error) => {
    const payload = runPayload({ ...DONE, success: false, ...parts }, 1_000_000);
    expect(payload.error).toBe(error);
    expect("exitCode" in payload).toBe(payload.exitCode !== undefined);
  });

  it("always fits, and never splits a character", () => {
    fc.assert(
      fc.property(output, output, fc.integer({ min: SMALLEST, max: 300_000 }), (stdout, stderr, maxBytes) => {
        const payload = runPayload({ ...DONE, stdout, stderr }, maxBytes);
        expect(frameBytes(payload)).toBeLessThanOrEqual(maxBytes);
        expect(payload.stdout).not.toMatch(LONE_SURROGATE);
        expect(payload.stderr).not.toMatch(LONE_SURROGATE);
        const whole = frameBytes({ ...payload, stdout, stderr }) <= maxBytes;
        expect(payload.stdout === stdout && payload.stderr === stderr).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });

  it("fits also where every character grows as much as one can", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 60_000 }),
        fc.integer({ min: 1, max: 8 }),
        (length, growth) => {
          const maxBytes = Math.max(SMALLEST, length * growth + 32_768);
          const payload = runPayload({ ...DONE, stdout: "\u0000".repeat(length) }, maxBytes);
          expect(frameBytes(payload)).toBeLessThanOrEqual(maxBytes);
        },
      ),
    );
  });

  it("says that it was cut, and cuts no more than it must", () => {
    const payload = runPayload({ ...DONE, stdout: "\u001b".repeat(100_000) }, 400_000);
    const [head = "", bytes, tail = ""] = payload.stdout.split(MARK);
    expect(head.length + Number(bytes) + tail.length).toBe(100_000);
    expect(Math.abs(head.length - tail.length)).toBeLessThanOrEqual(1);
    expect(frameBytes(payload)).toBeGreaterThan(390_000);
  });

  it("keeps both ends, and one mark where the executor had left out bytes already", () => {
    const stdout = `first ${"a".repeat(90_000)}\n... (truncated: 500 bytes are missing here) ...\n${"b".repeat(90_000)} last`;
    const result = { ...DONE, stdout, truncatedBytes: { stdout: 500, stderr: 0 } };
    expect(runPayload(result, 1_000_000).stdout).toBe(stdout);
    const [head = "", bytes, tail = "", ...more] = runPayload(result, 100_000).stdout.split(MARK);
    expect(more).toEqual([]);
    expect(head).toMatch(/^first a+$/u);
    expect(tail).toMatch(/^b+ last$/u);
    expect(head.length + Number(bytes) + tail.length).toBe(180_000 + 11 + 500);
  });

  it("counts the bytes that are missing, whatever the characters are", () => {
    fc.assert(
      fc.property(output, fc.integer({ min: SMALLEST, max: 60_000 }), (stdout, maxBytes) => {
        const text = runPayload({ ...DONE, stdout }, maxBytes).stdout;
        if (text === stdout) return;
        const [head = "", bytes, tail = ""] = text.split(MARK);
        expect(stdout.startsWith(head) && stdout.endsWith(tail)).toBe(true);
        expect(Buffer.byteLength(head) + Number(bytes) + Buffer.byteLength(tail)).toBe(
          Buffer.byteLength(stdout),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("bounds the error too, which names paths of the request", () => {
    const message = `no such directory: /${"\u0001".repeat(4096)}`;
    const payload = runPayload({ ...DONE, failure: { code: "cwd-missing", message } }, SMALLEST);
    expect(frameBytes(payload)).toBeLessThanOrEqual(SMALLEST);
    expect(payload.error).toMatch(/^no such directory/u);
  });
});

describe("finishedEvent", () => {
  it("joins what there is with line breaks", () => {
    const event = finishedEvent(
      "tool",
      { ...DONE, stderr: "warned\n", exitCode: undefined, cancelled: true },
      NAMES,
      true,
    );
    expect(event).toEqual({
      ...NAMES,
      host: "node",
      command: "tool",
      timedOut: false,
      success: true,
      output: "out\n\nwarned\n\nthe run was cancelled",
      suppressNotifyOnExit: true,
    });
  });

  it("keeps the last 20,000 characters and says so", () => {
    const stdout = `${"a".repeat(30_000)}end`;
    const event = finishedEvent("tool", { ...DONE, stdout }, NAMES, undefined);
    expect(event.output).toBe(`... (truncated) ${stdout.slice(-20_000)}`);
    expect(finishedEvent("tool", { ...DONE, stdout: "b".repeat(20_000) }, NAMES, undefined).output).toBe(
      "b".repeat(20_000),
    );
    expect("suppressNotifyOnExit" in event).toBe(false);
  });

  it("never begins with half a character", () => {
    fc.assert(
      fc.property(fc.nat(3), output, (shift, text) => {
        const stdout = `${"😀".repeat(12_000)}${"a".repeat(shift)}${text}`;
        const event = finishedEvent("tool", { ...DONE, stdout }, NAMES, undefined);
        expect(event.output).not.toMatch(LONE_SURROGATE);
        expect(event.output.length).toBeLessThanOrEqual(20_016);
      }),
    );
  });
});
