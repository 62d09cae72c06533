// How long a monitor waits for `node status`, and what a host costs that has nothing to do.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figures.ts";

export interface LocalQuestion {
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** For an empty program. */
  readonly folder: string;
  readonly rounds: number;
}

/** Beside a running host: what `node status` takes more than a Node process that does nothing. */
export function statusFigure({ entry, env, folder, rounds }: LocalQuestion): Figure {
  const empty = join(folder, "empty.mjs");
  writeFileSync(empty, "");
  const time = (words: readonly string[]): number => {
    const begin = performance.now();
    const { status } = spawnSync(process.execPath, words, { env, stdio: "ignore" });
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}`);
    return performance.now() - begin;
  };
  const pairs = Array.from({ length: rounds }, () => ({
    floor: time([empty]),
    ours: time([entry, "node", "status", "--json"]),
  }));
  return {
    name: "node status, more than an empty Node",
    ours: median(pairs.map(({ ours }) => ours)),
    floor: median(pairs.map(({ floor }) => floor)),
    unit: "ms",
    value: median(pairs.map(({ ours, floor }) => ours - floor)),
    limit: 100,
    better: "lower",
  };
}

/** Per cent of one core that a connected host takes while nobody asks it anything. */
export async function idleFigure(pid: number, idleMs: number): Promise<Figure> {
  const before = cpuMs(pid);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const value = ((cpuMs(pid) - before) / idleMs) * 100;
  return {
    name: "CPU while idle, % of a core",
    ours: value,
    floor: Number.NaN,
    unit: "%",
    value,
    limit: 0.1,
    better: "lower",
  };
}

/** Finer than the ticks in `stat`: nanoseconds on a CPU, of all threads. */
function cpuMs(pid: number): number {
  const spent = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, ns) => sum + ns, 0) / 1e6;
}
