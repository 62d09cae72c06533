import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RunPlan } from "@openclaw/protocol";
import { afterAll, vi } from "vitest";
import { checkoutForOthers } from "./checkout-for-others.test.support.ts";
import type { HostWish } from "./host.test.support.ts";
import { parseStat } from "./process-table.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunReport } from "./run-result.ts";
import { startRun } from "./start-run.ts";

export const ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LANG: "C.UTF-8",
};

/** A plan for one program, by its full name. */
export function planFor(argv: readonly string[], rest: Partial<RunPlan> = {}): RunPlan {
  return {
    executable: argv[0] ?? "",
    argv,
    cwd: realpathSync(tmpdir()),
    env: ENV,
    commandText: argv.join(" "),
    bindings: [],
    ...rest,
  };
}

/** A plan for a shell script. */
export function script(text: string, ...args: readonly string[]): RunPlan {
  return planFor(["/bin/sh", "-c", text, "script", ...args]);
}

export async function runScript(text: string, options: RunOptions = {}): Promise<RunReport> {
  return await startRun(script(text), options).result;
}

/** A fresh directory that goes away with the test file. */
export function tempDir(): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "executor-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Is there such a process, and is it more than a zombie? */
export function isAlive(pid: number): boolean {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"))?.dead === false;
  } catch {
    return false;
  }
}

/** Waits until none of the processes lives. */
export async function gone(...pids: readonly number[]): Promise<void> {
  await vi.waitFor(() => {
    const left = pids.filter(isAlive);
    if (left.length > 0 || pids.some((pid) => !(pid > 1)))
      throw new Error(`alive: ${left.join(" ")} of ${pids.join(" ")}`);
  });
}

/** Waits until a script has made this file. */
export async function made(path: string): Promise<void> {
  await vi.waitFor(
    () => {
      if (!existsSync(path)) throw new Error(`${path} is not there`);
    },
    { timeout: 10_000 },
  );
}

/** The children of this process, zombies included. */
export function childrenOfOurs(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^[1-9]/u.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === process.pid;
      } catch {
        return false;
      }
    });
}

export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** What a host of its own said: the results of each wish, and what it detected. */
export interface HostAnswer {
  readonly results: readonly (readonly RunReport[])[];
  readonly detected: {
    readonly kind: string;
    readonly why?: string;
    readonly cgroup?: { readonly runs: string; readonly controllers: readonly string[] };
  };
}

/** Who owns nothing here; and words that let a host run as them. */
export const NOBODY = 65_534;
export const AS_NOBODY: readonly string[] =
  process.getuid?.() === 0
    ? [...whereTheyCanRead(), "/usr/bin/setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
    : [];

/** Words that show the checkout to them, where they may not enter it. */
function whereTheyCanRead(): readonly string[] {
  const { words, remove } = checkoutForOthers(join(realpathSync(tmpdir()), "executor-"));
  afterAll(remove);
  return words.length === 0 ? [] : ["/usr/bin/unshare", "--mount", ...words];
}

/** Runs wishes in a host of its own, which is started by the given words. */
export function hostRuns(words: readonly string[], wishes: readonly HostWish[]): HostAnswer {
  const program = fileURLToPath(new URL("host.test.support.ts", import.meta.url));
  const [file, ...args] = [...words, process.execPath, program];
  return JSON.parse(
    execFileSync(file, args, {
      input: JSON.stringify(wishes),
      cwd: "/",
      encoding: "utf8",
      maxBuffer: 10_000_000,
    }),
  ) as HostAnswer;
}

/** Bytes that are still needed after everything else was thrown away. */
export function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
