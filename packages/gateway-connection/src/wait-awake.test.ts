import { describe, expect, it, onTestFinished, vi } from "vitest";
import { waitAwake } from "./wait-awake.ts";

interface Waiting {
  done: boolean;
  /** Time passes while the machine runs. */
  go(ms: number): Promise<void>;
  /** The clock on the wall goes on, or is set. */
  jump(ms: number): void;
  abort(): void;
}

function waiting(ms: number, eager: boolean): Waiting {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const abort = new AbortController();
  let steady = 5;
  let wall = 1_700_000_000_000;
  const one: Waiting = {
    done: false,
    go: async (passed) => {
      for (let n = 0; n < passed; n += 500) {
        steady += 500;
        wall += 500;
        await vi.advanceTimersByTimeAsync(500);
      }
    },
    jump: (by) => (wall += by),
    abort: () => abort.abort(),
  };
  const clocks = { wall: () => wall, steady: () => steady };
  void waitAwake(ms, abort.signal, eager, clocks).then(() => (one.done = true));
  return one;
}

describe("waiting", () => {
  it.each([true, false])("takes its time, and no longer (eager: %s)", async (eager) => {
    const one = waiting(22_000, eager);
    await one.go(21_500);
    expect(one.done).toBe(false);
    await one.go(500);
    expect(one.done).toBe(true);
  });

  it("for a network ends when the machine wakes up", async () => {
    const one = waiting(300_000, true);
    await one.go(1000);
    one.jump(60_000);
    await one.go(5000);
    expect(one.done).toBe(true);
  });

  it.each([3_600_000, -3_600_000])("for a network ends when the clock is set by %d ms", async (by) => {
    const one = waiting(300_000, true);
    one.jump(by);
    await one.go(5000);
    expect(one.done).toBe(true);
  });

  it("as a Gateway said counts what the machine slept, and is not cut short otherwise", async () => {
    const one = waiting(300_000, false);
    one.jump(200_000);
    await one.go(95_000);
    expect(one.done).toBe(false);
    await one.go(5500);
    expect(one.done).toBe(true);
    const set = waiting(300_000, false);
    set.jump(-3_600_000);
    await set.go(299_000);
    expect(set.done).toBe(false);
    await set.go(1500);
    expect(set.done).toBe(true);
  });

  it("ends when it is given up", async () => {
    const one = waiting(300_000, false);
    one.abort();
    await one.go(0);
    await vi.waitFor(() => expect(one.done).toBe(true));
  });

  it("does not mind a clock that is corrected", async () => {
    const one = waiting(60_000, true);
    one.jump(3000);
    await one.go(59_000);
    expect(one.done).toBe(false);
    await one.go(1000);
    expect(one.done).toBe(true);
  });
});
