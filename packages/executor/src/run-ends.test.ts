import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { gone, isAlive, made, runScript, script, tempDir } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();
let serial = 0;
/** A file name for a script to say that it has come so far. */
const flag = (): string => join(dir, `flag-${(serial += 1)}`);
const STUBBORN = 'trap "" TERM INT HUP; echo $$; touch "$1"; while :; do sleep 0.02; done';

describe("a time-out", () => {
  it("gives exit code 124 and what was printed until then", async () => {
    const result = await runScript("echo $$; sleep 1000", { timeoutMs: 300 });
    expect(result).toMatchObject({
      exitCode: 124,
      signal: "SIGTERM",
      timedOut: true,
      cancelled: false,
      success: false,
      failure: undefined,
    });
    await gone(Number(result.stdout));
  });

  it("lets a program clean up first", async () => {
    const result = await runScript("trap 'echo bye; exit 0' TERM; while :; do sleep 0.02; done", {
      timeoutMs: 500,
    });
    expect(result).toMatchObject({ exitCode: 124, signal: undefined, success: false, stdout: "bye\n" });
  });

  it("kills a program that ignores the polite way, after the grace", async () => {
    const result = await startRun(script(STUBBORN, flag()), { timeoutMs: 1000, killGraceMs: 100 }).result;
    expect(result).toMatchObject({ exitCode: 124, signal: "SIGKILL", timedOut: true });
    await gone(Number(result.stdout));
  });

  it("is no matter for a program that ends before it", async () => {
    expect(await runScript("exit 0", { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0, timedOut: false });
  });

  it.each([0, -1, 0.5, Number.NaN, "soon" as never])("of %s ends the run at once", async (timeoutMs) => {
    const result = await runScript("sleep 1000", { timeoutMs });
    expect(result).toMatchObject({ exitCode: 124, timedOut: true, timeout: "total" });
  });

  it("without output is another one, and output puts it off", async () => {
    const text = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done; sleep 1000";
    expect(await runScript(text, { idleTimeoutMs: 600, timeoutMs: 60_000 })).toMatchObject({
      exitCode: 124,
      timedOut: true,
      timeout: "idle",
      success: false,
      stdout: "1\n2\n3\n4\n5\n6\n",
    });
  });

  it("may be longer than a timer can hold", async () => {
    expect(await runScript("sleep 0.1", { timeoutMs: Number.MAX_SAFE_INTEGER })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("the processes of a run", () => {
  it.concurrent.each([
    ["children", "sleep 1000 & echo $!; sleep 1000 & echo $!; wait"],
    ["grandchildren", "(sleep 1000 & echo $!; wait) & sh -c 'sleep 1000 & echo $!; wait' & wait"],
    ["orphans in the group", "sh -c 'sleep 1000 & echo $!'; sh -c 'sleep 1000 & echo $!'; wait; sleep 1000"],
    [
      "stubborn children",
      `sh -c '${STUBBORN.replaceAll("'", "")}' x /dev/null & sh -c 'trap "" TERM; echo $$; sleep 1000' & wait`,
    ],
    [
      "children in sessions of their own",
      "setsid sleep 1000 & echo $!; setsid sh -c 'echo $$; sleep 1000' & wait",
    ],
    [
      "orphans in groups of their own",
      `exec bash -c 'set -m; (sleep 1000 & echo $!) & (sleep 1000 & echo $!) & wait; sleep 1000'`,
    ],
    [
      "stubborn children that let the pipes go",
      `for i in 1 2; do sh -c 'trap "" TERM; echo $$; exec >/dev/null 2>&1; sleep 1000' & done; wait`,
    ],
    [
      "stubborn children in sessions of their own",
      `setsid sh -c 'trap "" TERM; echo $$; sleep 1000 & echo $!; wait' & wait`,
    ],
  ])("are gone after a time-out: %s", async (_name, text) => {
    const { exitCode, stdout } = await runScript(text, { timeoutMs: 1000, killGraceMs: 100 });
    const pids = stdout.trim().split("\n").map(Number);
    expect(exitCode).toBe(124);
    expect(pids).toHaveLength(2);
    await gone(...pids);
  });

  it.each(["", "setsid "])("may all clean up, also when the first of them has ended: %s", async (own) => {
    const ready = flag();
    const inner = 'trap "sleep 0.5; echo bye; exit" TERM; touch "$1"; while :; do sleep 0.02; done';
    const handle = startRun(script(`${own}sh -c '${inner}' inner "$1" & wait`, ready));
    await made(ready);
    handle.cancel();
    expect(await handle.result).toMatchObject({ signal: "SIGTERM", cancelled: true, stdout: "bye\n" });
  });

  it("do not hang the result when one in the background holds the pipes", async () => {
    const result = await runScript("sleep 1000 & echo $!");
    const pid = Number(result.stdout);
    expect(result).toMatchObject({ exitCode: 0, success: true, leftBehind: true });
    // It was not ended: the run came to its own end.
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  it("do not hang the result when one in the background goes on printing", async () => {
    const pidFile = flag();
    const handle = startRun(script('(while :; do echo more; done) & echo $! > "$1"', pidFile));
    expect(await handle.result).toMatchObject({ exitCode: 0, success: true });
    // Nobody reads any more: the loop ends by itself.
    await gone(Number(readFileSync(pidFile, "utf8")));
  });
});

describe("a cancelled run", () => {
  it("by its handle ends with all its processes", async () => {
    const ready = flag();
    const handle = startRun(script('sleep 1000 & echo $!; touch "$1"; wait', ready));
    await made(ready);
    handle.cancel();
    handle.cancel();
    const result = await handle.result;
    expect(result).toMatchObject({
      exitCode: undefined,
      signal: "SIGTERM",
      cancelled: true,
      timedOut: false,
      success: false,
    });
    await gone(Number(result.stdout));
    handle.cancel();
  });

  it("by its signal ends, and the signal is let go", async () => {
    const ready = flag();
    const abort = new AbortController();
    const handle = startRun(script(STUBBORN, ready), { signal: abort.signal, killGraceMs: 50 });
    await made(ready);
    abort.abort();
    const result = await handle.result;
    expect(result).toMatchObject({ signal: "SIGKILL", cancelled: true, success: false });
    await gone(Number(result.stdout));
  });

  it("keeps the exit code of a program that ends by itself then", async () => {
    const ready = flag();
    const handle = startRun(script("trap 'exit 7' TERM; touch \"$1\"; while :; do sleep 0.02; done", ready));
    await made(ready);
    handle.cancel();
    expect(await handle.result).toMatchObject({ exitCode: 7, cancelled: true, success: false });
  });

  it("after its time-out stays a time-out", async () => {
    const told = flag();
    const text = 'trap "touch $1" TERM; while :; do sleep 0.02; done';
    const handle = startRun(script(text, told), { timeoutMs: 500, killGraceMs: 300 });
    await made(told);
    handle.cancel();
    expect(await handle.result).toMatchObject({ exitCode: 124, timedOut: true, cancelled: false });
  });

  it("before its start does not start", async () => {
    const ready = flag();
    const handle = startRun(script('touch "$1"', ready), { signal: AbortSignal.abort() });
    expect(handle.pid).toBeUndefined();
    expect(await handle.result).toMatchObject({
      exitCode: undefined,
      cancelled: true,
      success: false,
      failure: undefined,
    });
    await runScript("exit 0");
    expect(existsSync(ready)).toBe(false);
  });

  it("while its pipes drain, after its end, is what it was", async () => {
    const handle = startRun(script("sleep 1000 & echo $!"));
    // Waited for by the runtime, which tells us in the same moment; the pipe stays open a little longer.
    await vi.waitFor(() => expect(existsSync(`/proc/${handle.pid}`)).toBe(false), { interval: 5 });
    handle.cancel();
    const result = await handle.result;
    expect(result).toMatchObject({ exitCode: 0, cancelled: false, success: true });
    expect(isAlive(Number(result.stdout))).toBe(true);
    process.kill(Number(result.stdout), "SIGKILL");
  });

  it("after its end is what it was", async () => {
    const handle = startRun(script("exit 4"));
    expect(await handle.result).toMatchObject({ exitCode: 4, cancelled: false });
    handle.cancel();
    expect(await handle.result).toMatchObject({ exitCode: 4, cancelled: false });
  });
});
