import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { AS_NOBODY, hostRuns, isAlive, planFor, script, tempDir } from "./run.test.support.ts";
import type { ScarceRun } from "./scarce-descriptors.test.support.ts";

const dir = tempDir();
const SCARCE = new Set([undefined, "too-many-processes"]);

describe("a host with too few", () => {
  it.each([
    ["descriptors", ["/usr/bin/prlimit", "--nofile=60", "--"]],
    ["processes", ["/usr/bin/prlimit", "--nproc=30", "--", ...AS_NOBODY]],
  ])("%s says so for each run, ends what it has started, and works again", (_name, words) => {
    const plan = { ...script("sleep 0.3; echo ran"), cwd: "/" };
    const stuck = { ...script("setsid sleep 1000 & echo $!; sleep 1000"), cwd: "/" };
    const { results } = hostRuns(words, [
      { plan, times: 60 },
      { plan: stuck, times: 60, options: { timeoutMs: 500, killGraceMs: 100, leftovers: "end" } },
      { plan },
    ]);
    const [many, ended, after] = results;
    for (const one of [...(many ?? []), ...(ended ?? [])]) expect(SCARCE).toContain(one.failure?.code);
    expect(many?.some(({ failure }) => failure !== undefined)).toBe(true);
    expect(many?.some(({ stdout }) => stdout === "ran\n")).toBe(true);
    const left = ended
      ?.map(({ stdout }) => Number.parseInt(stdout, 10))
      .filter((pid) => pid > 1 && isAlive(pid));
    expect(left).toEqual([]);
    expect(after?.[0]).toMatchObject({ exitCode: 0, stdout: "ran\n" });
  });
});

describe("a start for which descriptors are missing", () => {
  it("leaves none of those open that it got, however many it got", () => {
    const program = fileURLToPath(new URL("scarce-descriptors.test.support.ts", import.meta.url));
    const words = ["--nofile=64", "--", process.execPath, program];
    const rows: ScarceRun[] = JSON.parse(execFileSync("/usr/bin/prlimit", words, { encoding: "utf8" }));
    expect(rows).toHaveLength(11);
    const failed = rows.filter(({ failure }) => failure === "too-many-processes").map(({ free }) => free);
    // With 4 and 5, all is there for the pipes, and nothing for what tells how the start went.
    expect(failed).toEqual([0, 1, 2, 3, 4, 5]);
    for (const row of rows) expect(row).toMatchObject({ opened: 0, handles: 0 });
  });
});

describe.runIf(process.getuid?.() === 0)("a program that becomes somebody else", () => {
  it("cannot be ended, and does not hold the result", () => {
    const path = join(dir, "become");
    copyFileSync("/usr/bin/setpriv", path);
    chmodSync(dir, 0o755);
    chmodSync(path, 0o4755);
    const plan = {
      ...planFor([path, "--reuid=0", "--regid=0", "--clear-groups", "sleep", "60.125"]),
      cwd: "/",
    };
    const { results } = hostRuns(AS_NOBODY, [{ plan, options: { timeoutMs: 300, killGraceMs: 100 } }]);
    expect(results[0]?.[0]).toMatchObject({
      exitCode: 124,
      timedOut: true,
      success: false,
      leftBehind: true,
    });
    const pids = execFileSync("pgrep", ["-f", "^sleep 60.125"], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect(pids).toHaveLength(1);
  });
});
