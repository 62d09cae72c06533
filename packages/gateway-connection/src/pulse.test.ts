import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Pulse } from "./pulse.ts";

const TICK = 30_000;

interface Life {
  readonly pulse: Pulse;
  pings(): number;
  /** When the link was called dead, on the steady clock. */
  deadAt(): number | undefined;
  /** Both clocks go on, in steps, and `sign` is called before each. */
  go(ms: number, sign?: () => void): void;
  /** The machine sleeps: the clock on the wall goes on, timers and the steady clock do not. */
  sleep(ms: number): void;
  /** The process does not run, but time passes. */
  freeze(ms: number): void;
  now(): number;
}

/** A pulse on clocks under the test's hand. */
function life(): Life {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let steady = 1000;
  let wall = 1_700_000_000_000;
  let pings = 0;
  let deadAt: number | undefined;
  const one: Life = {
    pings: () => pings,
    deadAt: () => deadAt,
    pulse: new Pulse({
      tickMs: TICK,
      silentTicks: 2,
      wakeMs: 5000,
      ping: () => (pings += 1),
      onDead: () => (deadAt = steady),
      clocks: { wall: () => wall, steady: () => steady },
    }),
    go: (ms, sign) => {
      for (let passed = 0; passed < ms; passed += 250) {
        steady += 250;
        wall += 250;
        sign?.();
        vi.advanceTimersByTime(250);
      }
    },
    sleep: (ms) => (wall += ms),
    freeze: (ms) => {
      wall += ms;
      steady += ms;
    },
    now: () => steady,
  };
  onTestFinished(() => one.pulse.stop());
  return one;
}

describe("a link", () => {
  it("from which nothing comes is dead within two ticks, and was asked before", () => {
    const one = life();
    one.go(3 * TICK);
    expect(one.deadAt()).toBeGreaterThan(1000 + 1.8 * TICK);
    expect(one.deadAt()).toBeLessThanOrEqual(1000 + 2 * TICK);
    expect(one.pings()).toBe(2);
  });

  it("is alive while anything comes within two ticks", () => {
    const one = life();
    for (let n = 0; n < 20; n += 1) {
      one.go(1.8 * TICK);
      one.pulse.heard();
    }
    expect(one.deadAt()).toBeUndefined();
  });

  it("is alive while only pings are answered, and knows the round trip", () => {
    const one = life();
    expect(one.pulse.roundTripMs).toBeUndefined();
    for (let n = 0; n < 20; n += 1) {
      one.go(250);
      one.pulse.answered();
      expect(one.pulse.roundTripMs).toBe(250);
      one.go(TICK - 250);
    }
    expect(one.deadAt()).toBeUndefined();
    expect(one.pings()).toBe(21);
  });

  it("on which nothing of ours arrives any more is dead, although something comes", () => {
    const one = life();
    one.go(250);
    one.pulse.answered();
    one.go(TICK - 250);
    const asked = one.now();
    one.go(3 * TICK, () => one.pulse.heard());
    expect(one.deadAt()).toBeLessThanOrEqual(asked + 2 * TICK);
  });

  it("to a Gateway that does not know pings is alive while something comes", () => {
    const one = life();
    one.go(20 * TICK, () => one.pulse.heard());
    expect(one.deadAt()).toBeUndefined();
  });
});

describe("after this machine slept", () => {
  it.each(["sleep", "freeze"] as const)("a link is asked at once and has five seconds (%s)", (how) => {
    const dead = life();
    dead[how](8 * 3_600_000);
    const woke = dead.now();
    dead.go(20_000);
    expect(dead.deadAt()).toBeLessThanOrEqual(woke + 5000 + TICK / 4);
    expect(dead.pings()).toBe(2);
  });

  it.each(["sleep", "freeze"] as const)("a link that answers goes on (%s)", (how) => {
    const one = life();
    one[how](8 * 3_600_000);
    one.go(4000);
    expect(one.pings()).toBe(2);
    one.pulse.answered();
    one.go(TICK);
    expect(one.deadAt()).toBeUndefined();
  });

  it.each([-8 * 3_600_000, 8 * 3_600_000])("or the clock was set by %d ms, a living link goes on", (by) => {
    const one = life();
    one.sleep(by);
    one.go(10 * TICK, () => one.pulse.heard());
    expect(one.deadAt()).toBeUndefined();
  });

  it("a clock that is corrected a little means nothing", () => {
    const one = life();
    one.go(TICK / 2);
    one.sleep(900);
    one.go(TICK / 4);
    expect(one.pings()).toBe(1);
  });
});
