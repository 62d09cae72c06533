// What output costs: 100 KB in an answer, 100 MB on its way to the disk.
import { execFile } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { askDuring, forgetPeak, memoryOf, repeat, startBenchHost, type BenchHost } from "./bench-host.ts";
import { formatFigures, median, percentile, type Figure } from "./figures.ts";

const bare = promisify(execFile);
const SHORT_BYTES = 100_000;
const LONG_BYTES = 100_000_000;
const LINE = "a line of output as programs print it, with a number: 0123456789\n";
/** How often a question is asked meanwhile. */
const ASK_EVERY_MS = 5;

export async function outputFigures(quick: boolean): Promise<readonly Figure[]> {
  const host = await startBenchHost(["/bin/cat", "/bin/head", "/bin/true"]);
  try {
    await repeat(quick ? 20 : 200, 1, async () => await host.run(["/bin/true"]));
    return [await shortFigure(host, quick), ...(await longFigures(host, quick))];
  } finally {
    await host.end();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function shortFigure(host: BenchHost, quick: boolean): Promise<Figure> {
  const file = join(host.folder, "short");
  writeFileSync(file, LINE.repeat(SHORT_BYTES / LINE.length));
  const [ours, floor]: [number[], number[]] = [[], []];
  const ratios: number[] = [];
  for (let round = 0; round < (quick ? 3 : 9); round += 1) {
    const [a, b]: [number[], number[]] = [[], []];
    for (let index = 0; index < 20; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in turn, so that both meet the same machine
      a.push(await host.run(["/bin/cat", file]));
      // oxlint-disable-next-line no-await-in-loop -- in turn, so that both meet the same machine
      b.push(await timed(async () => await bare("/bin/cat", [file])));
    }
    ours.push(median(a));
    floor.push(median(b));
    ratios.push(median(a) / median(b));
  }
  return {
    name: "100 KB of output",
    ours: median(ours),
    floor: median(floor),
    unit: "ms",
    value: median(ratios),
    limit: 1.5,
    better: "lower",
  };
}

async function longFigures(host: BenchHost, quick: boolean): Promise<readonly Figure[]> {
  const source = join(host.folder, "source");
  writeFileSync(source, LINE.repeat(Math.ceil(LONG_BYTES / LINE.length)));
  const head = ["/bin/head", "-c", String(LONG_BYTES), source];
  const copy = join(host.folder, "copy");
  const [ours, floor, ratios]: [number[], number[], number[]] = [[], [], []];
  const answers: number[] = [];
  forgetPeak(host.pid);
  const before = memoryOf(host.pid).now;
  for (let round = 0; round < (quick ? 3 : 11); round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that both meet the same machine
    const ms = await host.run(head);
    // As the copy of the pipe: memory that the system has just got back is faster than any other.
    clearKept(host);
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that both meet the same machine
    const pipe = await timed(async () => await bare("/bin/sh", ["-c", '"$@" | cat > "$0"', copy, ...head]));
    rmSync(copy);
    ours.push(ms);
    floor.push(pipe);
    ratios.push(pipe / ms);
    // Apart from the speed: questions cost time, too.
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that both meet the same machine
    answers.push(...(await askDuring(host, ASK_EVERY_MS, host.run(head))));
    clearKept(host);
  }
  const perSecond = (ms: number): number => LONG_BYTES / 1000 / ms;
  const grown = memoryOf(host.pid).peak - before;
  return [
    {
      name: "100 MB of output to the disk, speed",
      ours: perSecond(median(ours)),
      floor: perSecond(median(floor)),
      unit: "MB/s",
      value: median(ratios),
      limit: 0.5,
      better: "higher",
    },
    {
      name: "100 MB of output to the disk, memory at its peak",
      ours: grown,
      floor: Number.NaN,
      unit: "MiB",
      value: grown,
      limit: 20,
      better: "lower",
    },
    {
      name: "100 MB of output to the disk, answers meanwhile (p99)",
      ours: percentile(answers, 0.99),
      floor: Number.NaN,
      unit: "ms",
      value: percentile(answers, 0.99),
      limit: 50,
      better: "lower",
    },
  ];
}

function clearKept(host: BenchHost): void {
  const runs = join(host.folder, "state", "runs");
  for (const name of readdirSync(runs)) if (name.endsWith(".stdout")) rmSync(join(runs, name));
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${formatFigures(await outputFigures(process.argv.includes("--quick")))}\n`);
}
