import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStat, processesOfRun } from "./linux-strays.ts";
import { processTree } from "./process-tree.ts";
import { isAlive, planFor, script } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const stat = (name: string, state: string, parent: number, group: number, session: number): string =>
  `7 (${name}) ${state} ${parent} ${group} ${session} 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2000\n`;

describe("a process as the kernel describes it", () => {
  it("is read right, whatever its name is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary-ascii", maxLength: 15 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (name, a, b, c) => {
          expect(parseStat(7, stat(name, "S", a, b, c))).toEqual([
            { pid: 7, startTime: "987654", parent: a, group: b, session: c },
          ]);
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

  it("is none when it is dead or cut off", () => {
    for (const text of [stat("x", "Z", 1, 1, 1), stat("x", "X", 1, 1, 1), "", "7 (x) S 1 2 3", "nonsense"])
      expect(parseStat(7, text)).toEqual([]);
  });

  it("is this process among those below its parent, and only once", () => {
    const [own] = parseStat(process.pid, readFileSync("/proc/self/stat", "latin1"));
    const found = processesOfRun(process.ppid, [], false).filter(({ pid }) => pid === process.pid);
    expect(found).toEqual([own]);
  });

  it("is not taken for one of the same pid that was there before", () => {
    const stranger = { pid: process.pid, startTime: "0" };
    expect(processesOfRun(2 ** 30, [stranger], false)).toEqual([]);
    const [own] = parseStat(process.pid, readFileSync("/proc/self/stat", "latin1"));
    expect(processesOfRun(2 ** 30, own === undefined ? [] : [own], false)).toContainEqual(own);
  });
});

describe("the tree of a child", () => {
  it("that never started, or is gone, is ended in silence", async () => {
    const missing = spawn("/no/such/program");
    await once(missing, "error");
    for (const platform of ["linux", "win32"] as const) {
      processTree(missing, platform).stop();
      processTree(missing, platform).kill();
    }
    const gone = spawn("/bin/true", { detached: true });
    await once(gone, "exit");
    processTree(gone, "linux").stop();
    processTree(gone, "linux").kill();
    expect(gone.exitCode).toBe(0);
  });

  it("does not hold this process", async () => {
    const child = spawn("/bin/sleep", ["1000"], { detached: true });
    const exit = once(child, "exit");
    processTree(child, "linux").kill();
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
