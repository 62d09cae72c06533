// What others notice of many runs, and what 10,000 runs leave in the memory of the host.
import { setTimeout as delay } from "node:timers/promises";
import { askDuring, memoryOf, repeat, startBenchHost, type BenchHost } from "./bench-host.ts";
import { formatFigures, percentile, type Figure } from "./figures.ts";

/** Runs at once, as many as the figures speak of. */
const PLACES = 64;
const ASK_EVERY_MS = 5;
const SETTLE_MS = 2000;

export async function loadFigures(quick: boolean): Promise<readonly Figure[]> {
  return [...(await answerFigures(quick)), await memoryFigure(quick)];
}

async function answerFigures(quick: boolean): Promise<readonly Figure[]> {
  const host = await startBenchHost(["/bin/true", "/bin/sleep"], { maxConcurrentRuns: PLACES });
  const seconds = quick ? 2 : 8;
  try {
    await repeat(500, 16, async () => await host.run(["/bin/true"]));
    await repeat(500, 1, async () => await host.ask());
    const sleeping = Array.from(
      { length: PLACES },
      async () => await host.run(["/bin/sleep", String(seconds + 2)]),
    );
    // Until all have been started.
    await delay(1000);
    const whileAsleep = await askDuring(host, ASK_EVERY_MS, delay(seconds * 1000));
    await Promise.all(sleeping);
    const starting = repeat(seconds * 400, PLACES, async () => await host.run(["/bin/true"]));
    const whileStarting = await askDuring(host, ASK_EVERY_MS, starting);
    return [
      answers(`system.which while ${PLACES} runs sleep (p99)`, whileAsleep, 5),
      answers(`system.which while ${PLACES} runs at once start and end (p99)`, whileStarting, 50),
    ];
  } finally {
    await host.end();
  }
}

function answers(name: string, times: readonly number[], limit: number): Figure {
  const p99 = percentile(times, 0.99);
  return { name, ours: p99, floor: Number.NaN, unit: "ms", value: p99, limit, better: "lower" };
}

async function memoryFigure(quick: boolean): Promise<Figure> {
  // As a service starts it.
  const host = await startBenchHost(["/bin/true"], {}, ["--v8-pool-size=0"]);
  try {
    const first = await memoryAfter(host, 1000);
    const last = await memoryAfter(host, quick ? 2000 : 9000);
    return {
      name: `memory after ${quick ? "3,000" : "10,000"} runs, over that after 1,000`,
      ours: last,
      floor: first,
      unit: "MiB",
      value: last - first,
      limit: 3,
      better: "lower",
    };
  } finally {
    await host.end();
  }
}

async function memoryAfter(host: BenchHost, runs: number): Promise<number> {
  await repeat(runs, 16, async () => await host.run(["/bin/true"]));
  await delay(SETTLE_MS);
  return memoryOf(host.pid).now;
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${formatFigures(await loadFigures(process.argv.includes("--quick")))}\n`);
}
