import { describe, expect, it } from "vitest";
import { nextLinkStep } from "./link-policy.ts";
import { ended, failed, OLD, seededRandom } from "./link-policy.test.support.ts";
import type { LinkOutcome } from "./link-step.ts";

const LINKS = 1000;
const CREDENTIALS = { hasConfigured: true, hasDeviceToken: false };
const REFUSED = failed("unreachable", { system: "ECONNREFUSED" });

interface Storm {
  /** The most connects in any second, tries in vain included. */
  readonly peak: number;
  /** When the last link was back, in seconds. */
  readonly lastBack: number;
  readonly medianBack: number;
}

/** All links lose their Gateway at 0; it is back after `downMs`. A try before that ends in `vain`. */
function storm(first: LinkOutcome, downMs: number, seed: number, vain: LinkOutcome = REFUSED): Storm {
  const random = seededRandom(seed);
  const connects: number[] = [];
  const back: number[] = [];
  for (let link = 0; link < LINKS; link += 1) {
    let clock = 0;
    let memory = OLD;
    for (let outcome = first; ; outcome = vain) {
      const step = nextLinkStep(memory, outcome, CREDENTIALS, random);
      if (step.kind === "stop") throw new Error("a link gave up");
      memory = step.memory;
      clock += step.afterMs;
      connects.push(clock);
      if (clock >= downMs) break;
    }
    back.push(clock / 1000);
  }
  const sorted = back.toSorted((a, b) => a - b);
  return {
    peak: peakOf(connects.toSorted((a, b) => a - b)),
    lastBack: sorted.at(-1) ?? 0,
    medianBack: sorted[LINKS / 2] ?? 0,
  };
}

/** The most of these times, in milliseconds and in order, that lie within one second, wherever it begins. */
function peakOf(times: readonly number[]): number {
  let oldest = 0;
  let most = 0;
  for (const [at, time] of times.entries()) {
    while (time - (times[oldest] ?? 0) >= 1000) oldest += 1;
    most = Math.max(most, at - oldest + 1);
  }
  return most;
}

const SHUTDOWN = ended(1012, "service restart", { shutdown: { restartExpectedMs: undefined } });

describe("1,000 nodes of one Gateway", () => {
  it.each([0, 1, 3, 5, 10, 15, 18, 20, 25, 30, 45, 60, 120, 600])(
    "stay under 100 connects a second when it is gone for %d s after its shutdown event",
    (downSeconds) => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const { peak, lastBack } = storm(SHUTDOWN, downSeconds * 1000, seed * 7919);
        expect(peak).toBeLessThan(100);
        expect(lastBack).toBeLessThanOrEqual(downSeconds + 20);
      }
    },
  );

  it("stay under 100 a second also behind a proxy that answers for the dead Gateway", () => {
    const vain = failed("not-a-gateway", { status: 502 });
    for (let seed = 1; seed <= 10; seed += 1)
      expect(storm(SHUTDOWN, 25_000, seed, vain).peak).toBeLessThan(100);
  });

  it("are back within two seconds at the median after a mere cut", () => {
    const { medianBack, lastBack } = storm(ended(1006), 0, 1);
    expect(medianBack).toBeLessThan(2);
    expect(lastBack).toBeLessThan(2);
  });

  it("spread out as soon as a cut turns out to be a dead Gateway", () => {
    // The first try of each comes soon after the cut and meets a closed port; what follows is spread.
    const { lastBack, medianBack } = storm(ended(1006), 2000, 1);
    expect(medianBack).toBeGreaterThan(5);
    expect(lastBack).toBeLessThanOrEqual(22);
  });
});
