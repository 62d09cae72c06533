import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processesOfRun, selectProcesses, type RunTraces } from "./linux-strays.ts";
import { parseStat, type SeenProcess } from "./process-table.ts";
import { processTree } from "./process-tree.ts";
import { isAlive, planFor, script } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const stat = (name: string, state: string, parent: number, group: number, session: number): string =>
  `7 (${name}) ${state} ${parent} ${group} ${session} 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2000\n`;

const NOBODY: RunTraces = { root: 2 ** 30, rootIsOurs: false, known: [] };

function ownStat(): SeenProcess {
  const own = parseStat(process.pid, readFileSync("/proc/self/stat", "latin1"));
  if (own === undefined) throw new Error("this process is not in its own table");
  return own;
}

describe("a process as the kernel describes it", () => {
  it("is read right, whatever its name is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary-ascii", maxLength: 15 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (name, a, b, c) => {
          expect(parseStat(7, stat(name, "S", a, b, c))).toEqual({
            pid: 7,
            startTime: "987654",
            parent: a,
            group: b,
            session: c,
            dead: false,
          });
        },
      ),
      {
        examples: [
          [") R 1 1 1", 2, 3, 4],
          ["((", 2, 3, 4],
        ],
      },
    );
  });

  it("is none when it is cut off, and dead when it is only not waited for", () => {
    for (const text of ["", "7 (x) S 1 2 3", "nonsense"]) expect(parseStat(7, text)).toBeUndefined();
    for (const state of ["Z", "X"]) expect(parseStat(7, stat("x", state, 1, 1, 1))?.dead).toBe(true);
  });

  it("is this process among those below its parent, and only once", () => {
    const own = ownStat();
    const traces = { root: process.ppid, rootIsOurs: true, known: [] };
    expect(processesOfRun(traces)?.filter(({ pid }) => pid === process.pid)).toEqual([own]);
  });

  it("is not taken for one of the same pid that was there before", () => {
    const stranger = { pid: process.pid, startTime: "0" };
    expect(processesOfRun({ ...NOBODY, known: [stranger] })).toEqual([]);
    expect(processesOfRun({ ...NOBODY, known: [ownStat()] })).toContainEqual(ownStat());
  });
});

describe("the processes of a run in a table", () => {
  const row = (pid: number, parent: number, group: number, rest: Partial<SeenProcess> = {}): SeenProcess => ({
    pid,
    parent,
    group,
    session: group,
    startTime: "500",
    dead: false,
    ...rest,
  });
  const chosen = (
    all: readonly SeenProcess[],
    traces: Partial<RunTraces>,
    marked: readonly number[] = [],
  ): number[] =>
    selectProcesses(all, { root: 10, rootIsOurs: false, known: [], ...traces }, (pid) => marked.includes(pid))
      .map(({ pid }) => pid)
      .toSorted((a, b) => a - b);

  it("are children, group, session, and those that carry the marker with all that is theirs", () => {
    const all = [
      row(10, 1, 10),
      row(11, 10, 10),
      row(12, 11, 12),
      row(13, 1, 10),
      row(14, 1, 14),
      row(15, 14, 15),
      row(16, 1, 16),
    ];
    expect(chosen(all, { rootIsOurs: true, marker: "x" }, [14])).toEqual([10, 11, 12, 13, 14, 15]);
    expect(chosen(all, { rootIsOurs: true }, [14])).toEqual([10, 11, 12, 13]);
  });

  it("are not those of a stranger who got the number of the first process", () => {
    const all = [row(10, 1, 10, { startTime: "900" }), row(11, 10, 10), row(12, 1, 12)];
    expect(chosen(all, { marker: "x" }, [12])).toEqual([12]);
    expect(chosen(all, { known: [{ pid: 10, startTime: "500" }] })).toEqual([]);
    // Also when the stranger is dead and nobody has waited for it.
    expect(chosen([row(10, 1, 10, { startTime: "900", dead: true }), row(11, 1, 10)], {})).toEqual([]);
    expect(chosen([row(11, 1, 10)], {})).toEqual([11]);
  });

  it("are not older than the run, and not dead", () => {
    const all = [
      row(11, 1, 11, { startTime: "99" }),
      row(12, 1, 12, { startTime: "100" }),
      row(13, 1, 13, { dead: true }),
    ];
    expect(chosen(all, { marker: "x", notBefore: 100 }, [11, 12, 13])).toEqual([12]);
  });
});

describe("the tree of a child", () => {
  it("that never started, or is gone, is ended in silence", async () => {
    const missing = spawn("/no/such/program");
    await once(missing, "error");
    for (const platform of ["linux", "win32"] as const) {
      processTree(missing, { platform }).stop();
      processTree(missing, { platform }).kill();
    }
    const gone = spawn("/bin/true", { detached: true });
    await once(gone, "exit");
    processTree(gone, { platform: "linux" }).stop();
    processTree(gone, { platform: "linux" }).kill();
    expect(gone.exitCode).toBe(0);
  });

  it("does not hold this process", async () => {
    const child = spawn("/bin/sleep", ["1000"], { detached: true });
    const exit = once(child, "exit");
    processTree(child, { platform: "linux" }).kill();
    await exit;
    expect([child.signalCode, isAlive(process.pid)]).toEqual(["SIGKILL", true]);
  });

  it("is ended on a system whose tool for it is missing", async () => {
    const handle = startRun(planFor(["/bin/sleep", "1000"]), { platform: "win32" });
    handle.cancel();
    expect(await handle.result).toMatchObject({ cancelled: true, signal: "SIGKILL", success: false });
    expect(await startRun(script("exit 3"), { platform: "win32" }).result).toMatchObject({ exitCode: 3 });
  });
});
