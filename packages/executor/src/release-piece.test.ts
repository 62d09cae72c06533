import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FileSpool } from "./file-spool.ts";
import { RUN_LIMITS } from "./limits.ts";
import { releasePiece, releaser } from "./release-piece.ts";
import { script, tempDir } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

describe("the memory of a piece of output", () => {
  it("is given back when nobody else has it, and when that is worth it", () => {
    const whole = Buffer.from(new ArrayBuffer(65_536));
    const part = Buffer.from(new ArrayBuffer(65_536)).subarray(0, 65_000);
    const small = Buffer.from(new ArrayBuffer(RUN_LIMITS.releaseBytes - 1));
    const shared = Buffer.from(new SharedArrayBuffer(65_536));
    const pieces = [whole, part, small, shared];
    for (const piece of [...pieces, whole]) releasePiece(piece);
    expect(pieces.map(({ length }) => length)).toEqual([0, 65_000, small.length, 65_536]);
  });

  it.each([
    ["where the runtime can transfer it", undefined],
    ["where it cannot", "no function"],
  ])("is free at once: %s", async (_where, transfer) => {
    const release = releaser(transfer ?? Reflect.get(ArrayBuffer.prototype, "transfer"));
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 100; index += 1) {
      const memory = new ArrayBuffer(1_000_000);
      release(memory);
      expect(memory.byteLength).toBe(0);
    }
    await delay(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe("a run that prints without end", () => {
  /** The most memory for output while 300 MB were printed, looked at with every piece. */
  async function most(use: (look: () => void) => Promise<unknown>): Promise<number> {
    const before = process.memoryUsage().arrayBuffers;
    let memory = 0;
    await use(() => (memory = Math.max(memory, process.memoryUsage().arrayBuffers - before)));
    return memory;
  }
  const flood = script("head -c 300000000 /dev/zero");

  it("holds next to nothing while it is spooled", async () => {
    const directory = tempDir();
    const held = await most(async (look) => {
      const quota = {
        take: (bytes: number): number => {
          look();
          return bytes;
        },
      };
      const spool = new FileSpool({ directory, name: "flood", quota, maxBytes: 400_000_000 });
      const result = await startRun(flood, { spool }).result;
      expect(result.spool).toMatchObject({ complete: true, writtenBytes: { stdout: 300_000_000 } });
    });
    // The queue before the pause, what one turn reads, and what is kept for the answer.
    expect(held).toBeLessThan(RUN_LIMITS.spoolQueueBytes + 5_000_000);
  });

  it.each([
    ["nobody keeps it", undefined],
    [
      "a spool is full",
      { write: () => false, close: () => undefined, written: { stdout: 0, stderr: 0 } } as const,
    ],
  ])("holds next to nothing when %s", async (_why, spool) => {
    const held = await most(async (look) => {
      const watch = setInterval(look, 1);
      const result = await startRun(flood, { spool }).result;
      clearInterval(watch);
      expect(result.outputBytes).toBe(300_000_000);
    });
    expect(held).toBeLessThan(5_000_000);
  });
});
