import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunOptions } from "./run-options.ts";
import type { RunReport } from "./run-result.ts";
import { gone, isAlive, made, runScript, script, tempDir } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();
let serial = 0;

interface Cancelled extends RunReport {
  /** What the script has written into its file, one number per line. */
  readonly pids: readonly number[];
}

/** Runs a script, cancels it as soon as it has made `$1`, and reads the numbers of the processes from `$1.pids`. */
async function cancelled(text: string, options: RunOptions = {}): Promise<Cancelled> {
  const ready = join(dir, `ready-${(serial += 1)}`);
  const handle = startRun(script(text, ready), { killGraceMs: 150, ...options });
  await made(ready);
  handle.cancel();
  const result = await handle.result;
  return { ...result, pids: readFileSync(`${ready}.pids`, "utf8").trim().split("\n").map(Number) };
}

const note = (command: string): string => `${command} & echo $! >> "$1.pids"`;
const wait = 'touch "$1"; while :; do sleep 0.02; done';

describe("a run that is ended", () => {
  it.each([
    [
      "three deep",
      `sh -c 'sh -c "sleep 1000 & echo \\$! >> \\"\\$1.pids\\"; wait" x "$1" & wait' x "$1" & sleep 0.3; ${wait}`,
    ],
    [
      "a double-forked daemon",
      `sh -c 'setsid sh -c "${note("sleep 1000").replaceAll('"', '\\"').replaceAll("$", "\\$")}" x "$1"' x "$1"; ${wait}`,
    ],
    ["a daemon without pipes", `(${note("setsid sleep 1000 >/dev/null 2>&1 </dev/null")}); ${wait}`],
    [
      "a stubborn daemon",
      `(${note(`setsid sh -c 'trap "" TERM HUP INT; while :; do sleep 0.02; done' >/dev/null 2>&1`)}); sleep 0.1; ${wait}`,
    ],
    ["a stopped child", `${note("sleep 1000")}; kill -STOP $!; ${wait}`],
    [
      "a stopped stubborn daemon",
      `(${note(`setsid sh -c 'trap "" TERM; kill -STOP $$; sleep 1000'`)}); sleep 0.1; ${wait}`,
    ],
    [
      "its own first process, stopped",
      `echo $$ >> "$1.pids"; (sleep 0.1; touch "$1") & kill -STOP $$; sleep 1000`,
    ],
  ])("leaves nothing: %s", async (_name, text) => {
    const result = await cancelled(text);
    expect(result).toMatchObject({ cancelled: true, success: false, leftBehind: false });
    // No wait: they are gone when the result is there.
    expect(result.pids.filter((pid) => !(pid > 1) || isAlive(pid))).toEqual([]);
  });

  it("that is stopped can still clean up", async () => {
    const result = await cancelled(
      `trap 'echo bye; exit 3' TERM; echo $$ > "$1.pids"; (sleep 0.1; touch "$1") & kill -STOP $$; while :; do sleep 0.02; done`,
      { killGraceMs: 5000 },
    );
    expect(result).toMatchObject({ exitCode: 3, cancelled: true, stdout: "bye\n" });
  });

  it("gives also a daemon that prints nothing the time to clean up", async () => {
    const ready = join(dir, "cleaned");
    const daemon = `setsid sh -c 'trap "sleep 0.2; touch ${ready}; exit" TERM; while :; do sleep 0.02; done' >/dev/null 2>&1`;
    await cancelled(`(${note(daemon)}); sleep 0.2; ${wait}`, { killGraceMs: 5000 });
    await made(ready);
  });

  it("is not held by one that has shaken off every trace", async () => {
    const fled = `setsid env -i sh -c 'setsid sleep 1000 & echo $! >> "$1.pids"' x "$1"`;
    const result = await cancelled(`${fled}; ${wait}`);
    expect(result).toMatchObject({ cancelled: true, containment: "process-tree" });
    // Only a control group finds that one.
    process.kill(result.pids[0] ?? 0, "SIGKILL");
  });

  it("does not end others, also not those that were started by the same host", async () => {
    const other = startRun(script("sleep 1000"));
    await cancelled(`echo 0 > "$1.pids"; ${wait}`);
    expect(isAlive(other.pid ?? 0)).toBe(true);
    other.cancel();
    await other.result;
  });

  it("sends one signal to each process", async () => {
    const result = await cancelled(
      `trap 'echo term' TERM; echo $$ > "$1.pids"; touch "$1"; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; done; exit 0`,
      { killGraceMs: 5000 },
    );
    expect(result.stdout).toBe("term\n");
  });
});

describe("what a program leaves behind that ends by itself", () => {
  const quiet = ">/dev/null 2>&1";
  it.each([
    ["in its group", `sleep 1000 ${quiet} & echo $!`],
    ["with its pipes", "sleep 1000 & echo $!"],
    ["in a session of its own", `setsid sleep 1000 ${quiet} & echo $!`],
    ["as a daemon that ignores signals", `(setsid sh -c 'trap "" TERM; sleep 1000' ${quiet} & echo $!)`],
  ])("is ended when that is wanted: %s", async (_name, text) => {
    const result = await runScript(text, { leftovers: "end", killGraceMs: 200 });
    expect(result).toMatchObject({ exitCode: 0, success: true, cancelled: false, leftBehind: false });
    expect(isAlive(Number(result.stdout))).toBe(false);
  });

  it("is left alone otherwise", async () => {
    const result = await runScript(`setsid sleep 1000 ${quiet} & echo $!`);
    expect(isAlive(Number(result.stdout))).toBe(true);
    process.kill(Number(result.stdout), "SIGKILL");
    await gone(Number(result.stdout));
  });
});
