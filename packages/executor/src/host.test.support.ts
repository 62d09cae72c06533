// Runs what standard input says, as a host of its own, and prints what became of it: for other users, limits and control groups.
import { readFileSync } from "node:fs";
import type { RunPlan } from "@openclaw/protocol";
import { detectContainment } from "./containment.ts";
import type { RunOptions } from "./run-options.ts";
import { startRun } from "./start-run.ts";

export interface HostWish {
  readonly plan: RunPlan;
  readonly options?: Omit<RunOptions, "containment">;
  /** How often, at once. */
  readonly times?: number;
  readonly useCgroup?: boolean;
}

const wishes = JSON.parse(readFileSync(0, "utf8")) as readonly HostWish[];
const results = [];
const containment = detectContainment({ useCgroup: wishes.some((wish) => wish.useCgroup === true) });
for (const { plan, options = {}, times = 1 } of wishes) {
  const runs = Array.from(
    { length: times },
    async () => await startRun(plan, { ...options, containment }).result,
  );
  // oxlint-disable-next-line no-await-in-loop -- one wish after the other
  results.push(await Promise.all(runs));
}
const detected = { kind: containment.kind, why: containment.whyNotBetter, cgroup: containment.cgroup };
process.stdout.write(JSON.stringify({ results, detected }));
