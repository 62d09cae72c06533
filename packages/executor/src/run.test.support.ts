import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunPlan } from "@openclaw/protocol";
import { afterAll, vi } from "vitest";
import { parseStat } from "./linux-strays.ts";
import { startRun, type RunOptions, type RunResult } from "./start-run.ts";

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

export async function runScript(text: string, options: RunOptions = {}): Promise<RunResult> {
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
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1")).length > 0;
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
