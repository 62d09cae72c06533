import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { childrenOfOurs, openDescriptors, script } from "./run.test.support.ts";
import type { RunOptions } from "./run-options.ts";
import { startRun } from "./start-run.ts";

/** Ways to end, in turn. */
const WAYS: readonly (readonly [string, RunOptions])[] = [
  ["exit 0", {}],
  ["echo x; exit 1", { timeoutMs: 60_000 }],
  ["kill -9 $$", {}],
  ["head -c 300000 /dev/zero", { leftovers: "end" }],
  ["exit 0", { idleTimeoutMs: 60_000 }],
  ["(sleep 0.01 &) >/dev/null 2>&1", { leftovers: "end", killGraceMs: 100 }],
  ["sleep 1000", { timeoutMs: 20 }],
  ["true", {}],
  ["true", {}],
  ["true", {}],
  ["sleep 1000", { idleTimeoutMs: 10 }],
  ["true", {}],
];

it("1,000 runs leave no child, no zombie, no descriptor and no timer", async () => {
  await startRun(script("exit 0")).result;
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = { children: childrenOfOurs(), descriptors: openDescriptors(), timers: timers() };
  for (let batch = 0; batch < 84; batch += 1) {
    const runs = Array.from({ length: 12 }, async (_, index) => {
      const [text, options] = WAYS[index % WAYS.length] ?? ["exit 0", {}];
      return await startRun(script(text), options).result;
    });
    expect((await Promise.all(runs)).every(({ failure }) => failure === undefined)).toBe(true);
  }
  await setImmediate();
  expect(childrenOfOurs()).toEqual(before.children);
  expect(openDescriptors()).toBeLessThanOrEqual(before.descriptors);
  expect(timers()).toBeLessThanOrEqual(before.timers);
}, 120_000);
