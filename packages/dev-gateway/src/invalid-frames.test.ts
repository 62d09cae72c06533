import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startDevGateway, type Era } from "./index.ts";

interface Outcome {
  readonly responses: readonly unknown[];
  readonly close: unknown;
}

interface Trials {
  readonly INVALID_FRAME_CASES: readonly { readonly name: string }[];
  readonly runInvalidFrameCase: (
    trial: { readonly name: string },
    target: { readonly url: string; readonly token: string },
  ) => Promise<Outcome>;
}

// What real Gateways answered to everything invalid that a client can send. The cases stand
// outside of this package, because they serve the real ones as well.
const cases = new URL("../../../test/gateways/invalid-frames.ts", import.meta.url);
const recordings = new URL("../../../test/gateways/recorded-invalid-frames.json", import.meta.url);
const { INVALID_FRAME_CASES, runInvalidFrameCase } = (await import(cases.href)) as Trials;
const recorded = JSON.parse(readFileSync(recordings, "utf8")) as Record<string, Record<string, Outcome>>;

const RELEASES: Readonly<Record<Era, string>> = {
  "2026.9": "2026.9.6",
  "2026.6": "2026.6.1",
  "2026.3": "2026.3.31",
  "2026.2": "2026.2.9",
};

test("the recordings are there", () => {
  expect(existsSync(fileURLToPath(recordings))).toBe(true);
  expect(INVALID_FRAME_CASES.length).toBeGreaterThan(100);
});

describe.each(Object.entries(RELEASES) as [Era, string][])("as %s (recorded from %s)", (era, release) => {
  test("every invalid frame is answered and closed as by the real one", async () => {
    // Two cases are signed exactly at the edge of the allowed time: here time never stands still.
    let now = Date.now();
    await using gateway = await startDevGateway({ era, clock: () => (now += 1) });
    for (const trial of INVALID_FRAME_CASES) {
      const real = recorded[release]?.[trial.name];
      expect(real, trial.name).toBeDefined();
      const ours = await runInvalidFrameCase(trial, gateway);
      expect(comparable(ours), trial.name).toEqual(comparable(real));
    }
  });
});

/** The list of programs that skills know is the only thing that a real one has and this one not. */
function comparable(outcome: unknown): unknown {
  const text = JSON.stringify(outcome, (key, value: unknown) => (key === "bins" ? [] : value));
  return JSON.parse(text);
}
