// Starts one run for each number of free descriptors, and prints how each ended and what stayed open after it.
import { closeSync, openSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startRun } from "./start-run.ts";

export interface ScarceRun {
  readonly free: number;
  readonly failure: string | undefined;
  /** Descriptors of this process after the run, less those before it. */
  readonly opened: number;
  /** The same of what the runtime has open, whether there is a descriptor behind it or not. */
  readonly handles: number;
}

const plan = {
  executable: "/bin/true",
  argv: ["/bin/true"],
  cwd: "/",
  env: {},
  commandText: "true",
  bindings: [],
};
const open = (): number => readdirSync("/proc/self/fd").length;
const handles = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind.startsWith("Pipe")).length;

await startRun(plan).result;
const rows: ScarceRun[] = [];
for (let free = 0; free <= 10; free += 1) {
  const before = { open: open(), handles: handles() };
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    // None is left.
  }
  for (const file of taken.splice(0, free)) closeSync(file);
  // oxlint-disable-next-line no-await-in-loop -- one number after the other
  const { failure } = await startRun(plan).result;
  for (const file of taken) closeSync(file);
  // oxlint-disable-next-line no-await-in-loop -- what is closed is closed in the next turn
  await delay(10);
  rows.push({
    free,
    failure: failure?.code,
    opened: open() - before.open,
    handles: handles() - before.handles,
  });
}
process.stdout.write(JSON.stringify(rows));
