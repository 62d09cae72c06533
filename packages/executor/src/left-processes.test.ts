import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { endMarked, findMarked } from "./left-processes.ts";
import { readProcess, readProcesses } from "./process-table.ts";
import { isAlive } from "./run.test.support.ts";

/** A shell that was started with a marker; its pid, and those that it prints. */
async function shell(text: string, env: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const child = spawn("/bin/sh", ["-c", text], {
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["ignore", "pipe", "ignore"],
    // Not of this process's line: an orphan, as what a killed host leaves.
    detached: true,
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const pids = [...line.toString().matchAll(/\d+/gu)].map(Number);
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  return pids;
}

/** What it starts belongs to nobody when it has ended. */
function orphan(script: string): string {
  return `(setsid sh -c '${script}' >/dev/null 2>&1 & echo $!)`;
}

describe("marked processes", () => {
  it("are found by the beginning of their marker alone, wherever it stands in a long environment", async () => {
    const mark = randomUUID();
    const long = { BEFORE: "x".repeat(100_000), OPENCLAW_RUN_ID: `${mark}-1.a`, AFTER: "y".repeat(100_000) };
    const [first = 0] = await shell(orphan("exec sleep 1000"), long);
    const [second = 0] = await shell(orphan("exec sleep 1000"), { OPENCLAW_RUN_ID: `${mark}-2.b` });
    await shell(orphan("exec sleep 1000"), { OTHER: `OPENCLAW_RUN_ID=${mark}-1.a` });
    await shell(orphan("exec sleep 1000"), { MY_OPENCLAW_RUN_ID: `${mark}-1.a` });
    const found = await findMarked(`${mark}-`);
    expect(found.size).toBe(2);
    expect(found.get(`${mark}-1.a`)?.map(({ pid }) => pid)).toEqual([first]);
    expect(found.get(`${mark}-2.b`)?.map(({ pid }) => pid)).toEqual([second]);
    expect(found.get(`${mark}-1.a`)?.[0]?.startTime).toBe(readProcess(first)?.startTime);
    expect(await findMarked(`${mark}x`)).toEqual(new Map());
  });

  it("are not those that this process has started, or that have started it", async () => {
    const mark = randomUUID();
    await shell("echo $$; exec sleep 1000", { OPENCLAW_RUN_ID: mark });
    expect(await findMarked(mark)).toEqual(new Map());
  });

  it("are ended with all that they have started, deaf and stopped ones too", async () => {
    const mark = randomUUID();
    const bare = 'env -i sleep 1000 & trap "" TERM; kill -STOP $$; while :; do sleep 0.1; done';
    const [deaf = 0] = await shell(orphan(bare.replaceAll('"', '\\"')), { OPENCLAW_RUN_ID: mark });
    const children = (): readonly number[] =>
      (readProcesses() ?? []).filter(({ parent }) => parent === deaf).map(({ pid }) => pid);
    await vi.waitFor(() => expect(readFileSync(`/proc/${children()[0]}/cmdline`, "utf8")).toMatch(/^sleep/u));
    const [bared = 0] = children();
    expect((await findMarked(mark)).get(mark)?.map(({ pid }) => pid)).toEqual([deaf]);
    expect(await endMarked(await findMarked(mark), { killGraceMs: 100 })).toEqual([]);
    expect([deaf, bared].map(isAlive)).toEqual([false, false]);
    expect(await findMarked(mark)).toEqual(new Map());
  });

  it("with a number that is another's by now stay untouched", async () => {
    const [pid = 0] = await shell(orphan("exec sleep 1000"), {});
    const startTime = String(Number(readProcess(pid)?.startTime) - 1);
    const taken = new Map([["some-mark", [{ pid, startTime }]]]);
    expect(await endMarked(taken, { killGraceMs: 20 })).toEqual([]);
    expect(isAlive(pid)).toBe(true);
  });

  it("get no grace from a host that stops", async () => {
    const mark = randomUUID();
    await shell(orphan('trap "" TERM; while :; do sleep 0.1; done'.replaceAll('"', '\\"')), {
      OPENCLAW_RUN_ID: mark,
    });
    await vi.waitFor(async () => expect((await findMarked(mark)).size).toBe(1));
    const signal = AbortSignal.abort();
    expect(await endMarked(await findMarked(mark), { killGraceMs: 3_600_000, signal })).toEqual([]);
    expect(await findMarked(mark)).toEqual(new Map());
  });
});
