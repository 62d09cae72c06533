import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../host/dispatch.ts";
import type { HostContext, InvokeAnswer } from "../host/host-context.ts";
import { hostScene } from "../host/host-scene.test.support.ts";
import { KeptRuns, type KeptRunsOptions } from "./kept-runs.ts";
import { listKeptRuns } from "./run-folder.ts";
import { createRecord, readRecord } from "./run-record.ts";

const SECOND = "sleep 0.2; echo out; echo err >&2; exit 3";

async function invoke(context: HostContext, script: string, runId: string): Promise<InvokeAnswer> {
  const call = {
    id: `i-${runId}`,
    signal: new AbortController().signal,
    protocol: 4,
    prepareSeen: true,
    maxPayloadBytes: 400_000,
    sendEvent: () => undefined,
  };
  const params = { command: ["sh", "-c", script], runId, agentId: "main" };
  const request = { id: call.id, nodeId: "d", command: "system.run", paramsJSON: JSON.stringify(params) };
  return await dispatchInvoke(request, call, context);
}

function keeping(limits: KeptRunsOptions["limits"] = {}, now: () => number = Date.now) {
  const problems: string[] = [];
  const { dir, context } = hostScene();
  const directory = join(dir, "runs");
  const kept = new KeptRuns({ directory, limits, now, onProblem: (problem) => problems.push(problem) });
  const host: HostContext = { ...context, kept };
  return { directory, kept, host, problems };
}

/** Tells what a session tells, and waits until it is written down. */
async function sent(answer: InvokeAnswer, taken: boolean, directory: string): Promise<void> {
  if (answer.ok) answer.onSent?.(taken);
  if (taken) return;
  while (listKeptRuns(directory).every(({ record }) => record.end === undefined))
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
    await new Promise((resolve) => setImmediate(resolve));
}

/** What this process has open in a directory. */
function openBelow(directory: string): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(`${directory}/`) ? [target] : [];
    } catch {
      // The one that this look itself needed.
      return [];
    }
  });
}

describe("KeptRuns", () => {
  it("leaves nothing on the disk of a short run with little output", async () => {
    const { directory, host } = keeping();
    const answer = await invoke(host, "echo hello", "r-1");
    await sent(answer, true, directory);
    expect(answer).toMatchObject({ payload: { stdout: "hello\n" } });
    expect(existsSync(directory)).toBe(false);
  });

  it("keeps the whole of an output that the answer cannot hold, for its owner alone", async () => {
    const { directory, host } = keeping();
    const answer = await invoke(host, "head -c 300000 /dev/zero | tr '\\0' x; echo end", "r-1");
    await sent(answer, true, directory);
    expect(readFileSync(join(directory, "r-1.stdout"), "utf8")).toBe(`${"x".repeat(300_000)}end\n`);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(directory))
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(listKeptRuns(directory)).toMatchObject([
      {
        name: "r-1",
        bytes: 300_004,
        record: { agentId: "main", end: { exitCode: 0, outputBytes: 300_004, delivered: true } },
      },
    ]);
  });

  it("keeps a run that takes its time, readable while it goes on, and how it ended", async () => {
    const { directory, host } = keeping({ holdMs: 20 });
    const running = invoke(host, SECOND, "r-1");
    while (listKeptRuns(directory).length === 0)
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      await new Promise((resolve) => setImmediate(resolve));
    expect(listKeptRuns(directory)[0]?.record.end).toBeUndefined();
    await running;
    expect(readFileSync(join(directory, "r-1.stdout"), "utf8")).toBe("out\n");
    expect(readFileSync(join(directory, "r-1.stderr"), "utf8")).toBe("err\n");
    expect(listKeptRuns(directory)[0]?.record.end).toMatchObject({ exitCode: 3, delivered: false });
  });

  it("keeps in one place what begins with much output and takes its time, and lets go of it", async () => {
    const { directory, host } = keeping({ holdMs: 50, holdBytes: 1000 });
    const answer = await invoke(host, "seq 1 1000; sleep 0.3; seq 1001 2000", "r-1");
    await sent(answer, true, directory);
    expect(readFileSync(join(directory, "r-1.stdout"), "utf8")).toBe(
      Array.from({ length: 2000 }, (_, index) => `${index + 1}\n`).join(""),
    );
    expect(listKeptRuns(directory)).toMatchObject([{ name: "r-1", record: { end: { outputBytes: 8893 } } }]);
    expect(readdirSync(directory).toSorted()).toEqual(["r-1.json", "r-1.stdout"]);
    expect(openBelow(directory)).toEqual([]);
  });

  it("keeps a short result that no Gateway took", async () => {
    const { directory, host } = keeping();
    await sent(await invoke(host, "echo precious", "r-1"), false, directory);
    expect(readFileSync(join(directory, "r-1.stdout"), "utf8")).toBe("precious\n");
    expect(listKeptRuns(directory)[0]?.record.end).toMatchObject({ exitCode: 0, delivered: false });
  });

  it.each(["../../evil", "a/b", ".hidden", "", "CON", "x".repeat(65), "nul"])(
    "never makes a file name of the run id %j",
    async (runId) => {
      const { directory, host } = keeping({ holdMs: 0 });
      await invoke(host, SECOND, runId);
      const files = readdirSync(directory);
      expect(files).toHaveLength(3);
      for (const file of files) expect(file).toMatch(/^[0-9a-f-]{36}\.(json|stdout|stderr)$/u);
    },
  );

  it("keeps both when a run id comes twice", async () => {
    const { directory, host } = keeping({ holdMs: 0 });
    await invoke(host, SECOND, "r-1");
    await invoke(host, SECOND, "r-1");
    expect(listKeptRuns(directory).map(({ record }) => record.runId)).toEqual(["r-1", "r-1"]);
  });

  it("makes room: the oldest goes first, by number, by bytes and by age", async () => {
    const many = keeping({ holdMs: 0, runs: 2 });
    for (const id of ["r-1", "r-2", "r-3"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      await invoke(many.host, SECOND, id);
    expect(listKeptRuns(many.directory).map(({ name }) => name)).toEqual(["r-3", "r-2"]);

    const big = keeping({ holdBytes: 10, totalBytes: 250_000 });
    for (const id of ["r-1", "r-2", "r-3"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      await invoke(big.host, "head -c 100000 /dev/zero", id);
    expect(listKeptRuns(big.directory).map(({ name }) => name)).toEqual(["r-3", "r-2"]);

    const old = keeping({ holdMs: 0, ageMs: 1000 });
    mkdirSync(old.directory, { mode: 0o700 });
    createRecord(old.directory, "old", {
      version: 1,
      runId: "old",
      command: "x",
      startedAt: 1,
      hostPid: 1,
      end: { at: 2, delivered: true },
    });
    await invoke(old.host, SECOND, "new");
    expect(listKeptRuns(old.directory).map(({ name }) => name)).toEqual(["new"]);
  });

  it("loses no run that goes on, and ends none, when the clock jumps", async () => {
    const YEARS = 10 * 365 * 86_400_000;
    let now = Date.now();
    const { directory, host } = keeping({ holdMs: 20, runs: 2 }, () => now);
    const gate = join(directory, "..", "gate");
    const long = invoke(host, `echo begun; until [ -e '${gate}' ]; do sleep 0.02; done; echo over`, "long");
    while (listKeptRuns(directory).length === 0)
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      await new Promise((resolve) => setImmediate(resolve));
    for (const jump of [YEARS, -2 * YEARS, YEARS]) {
      now += jump;
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      const answer = await invoke(host, "sleep 0.1; echo short", `after${jump}`);
      expect(answer).toMatchObject({ payload: { success: true, timedOut: false, stdout: "short\n" } });
    }
    writeFileSync(gate, "");
    expect(await long).toMatchObject({ payload: { success: true, stdout: "begun\nover\n" } });
    expect(readFileSync(join(directory, "long.stdout"), "utf8")).toBe("begun\nover\n");
    expect(readRecord(directory, "long")?.end).toMatchObject({ exitCode: 0 });
    expect(openBelow(directory)).toEqual([]);
  });

  it("stops at the quota and says so, and the run goes on", async () => {
    const { directory, host } = keeping({ holdBytes: 10, totalBytes: 50_000 });
    const answer = await invoke(host, "head -c 300000 /dev/zero; echo end", "r-1");
    expect(answer).toMatchObject({ payload: { success: true, stdout: expect.stringMatching(/end\n$/u) } });
    const [run] = listKeptRuns(directory);
    expect(run?.bytes).toBeLessThanOrEqual(50_000);
    expect(run?.record.end).toMatchObject({
      outputBytes: 300_004,
      incomplete: expect.stringMatching(/room/u),
    });
  });

  it("says once that nothing can be kept; runs go on without", async () => {
    const { directory, host, problems } = keeping({ holdMs: 0, holdBytes: 10 });
    symlinkSync("/nowhere", directory);
    for (const id of ["r-1", "r-2"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      expect(await invoke(host, SECOND, id)).toMatchObject({ payload: { stdout: "out\n", exitCode: 3 } });
    expect(problems).toEqual([
      expect.stringMatching(/^the output of runs cannot be kept: .*; runs go on without$/u),
    ]);
  });

  it("marks what a host before it left unfinished, once, and steps over what is no record", async () => {
    const { directory, kept } = keeping();
    mkdirSync(directory, { mode: 0o700 });
    createRecord(directory, "cut", { version: 1, runId: "cut", command: "x", startedAt: 1, hostPid: 1 });
    createRecord(directory, "bad", { version: 2 } as never);
    symlinkSync("/etc/passwd", join(directory, "link.json"));
    expect(kept.recover()).toBe(1);
    expect(kept.recover()).toBe(0);
    expect(listKeptRuns(directory)).toMatchObject([{ name: "cut", record: { end: { lost: true } } }]);
    chmodSync(directory, 0o700);
  });
});
