import { getPriority } from "node:os";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectLimitTools, parseHardLimits, type LimitTools } from "./limit-tools.ts";
import { planLimits, type RunLimits } from "./plan-limits.ts";
import { AS_NOBODY, hostRuns, planFor, runScript, script } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const tools: LimitTools = {
  prlimit: "/usr/bin/prlimit",
  nice: "/usr/bin/nice",
  bash: "/bin/bash",
  hardLimits: { openFiles: 4096, cpuSeconds: undefined, dataBytes: undefined },
};
const bare: LimitTools = { ...tools, prlimit: undefined, nice: undefined };
const cgroup = {
  main: "/c/main",
  runs: "/c/runs",
  controllers: ["memory", "pids"],
  left: new Set<string>(),
  moves: Promise.resolve(),
};
const ALL: RunLimits = { memoryBytes: 2 ** 30, cpuSeconds: 60, processes: 64, openFiles: 1024, nice: 5 };

describe("the plan for limits", () => {
  it("takes control groups where their controllers are", () => {
    expect(planLimits(ALL, { cgroup, tools })).toEqual({
      ok: true,
      inForce: [
        { name: "memory", by: "cgroup", scope: "run" },
        { name: "cpu", by: "cgroup", scope: "run" },
        { name: "processes", by: "cgroup", scope: "run" },
        { name: "open-files", by: "prlimit", scope: "process" },
        { name: "nice", by: "nice", scope: "process" },
      ],
      cgroup: {
        "memory.max": "1073741824",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "64",
      },
      watchCpuSeconds: 60,
      prefix: ["/usr/bin/nice", "-n", "5", "/usr/bin/prlimit", "--nofile=1024:1024", "--"],
    });
  });

  it("takes prlimit for the rest, never above what this process may have itself", () => {
    const { processes: _, ...rest } = ALL;
    expect(planLimits({ ...rest, openFiles: 9999 }, { cgroup: undefined, tools })).toMatchObject({
      ok: true,
      cgroup: {},
      watchCpuSeconds: undefined,
      prefix: [
        "/usr/bin/nice",
        "-n",
        "5",
        "/usr/bin/prlimit",
        "--data=1073741824:1073741824",
        "--cpu=60:61",
        "--nofile=4096:4096",
        "--",
      ],
    });
  });

  it.each([
    [{ processes: 5 }, "the controller `pids`"],
    [{ memoryBytes: 2 ** 30 }, "a limit on memory needs"],
    [{ cpuSeconds: 5 }, "a limit on cpu needs"],
    [{ openFiles: 64 }, "a limit on open-files needs"],
    [{ nice: 5 }, "nice(1), which is missing"],
  ])("refuses what nothing here can keep: %j", (limits, text) => {
    expect(planLimits(limits, { cgroup: { ...cgroup, controllers: [] }, tools: bare }).ok).toBe(
      "cpuSeconds" in limits,
    );
    expect(planLimits(limits, { cgroup: undefined, tools: bare })).toEqual({
      ok: false,
      failure: { code: "limit-unavailable", message: expect.stringContaining(text) },
    });
  });

  it("refuses what is no limit", () => {
    const values = fc.constantFrom(-1, 0.5, Number.NaN, Infinity, "5", null, {}, 2 ** 60, -0.1);
    const names = fc.constantFrom("memoryBytes", "cpuSeconds", "processes", "openFiles", "nice");
    fc.assert(
      fc.property(names, values, (name, value) => {
        const planned = planLimits({ [name]: value }, { cgroup, tools });
        expect(planned.ok ? "" : planned.failure.code).toBe("limit-invalid");
      }),
    );
    expect(planLimits({ memory: 5 } as RunLimits, { cgroup, tools })).toMatchObject({
      failure: { code: "limit-invalid", message: expect.stringContaining("there is no limit `memory`") },
    });
  });

  it("is for every limit that was asked for, or a refusal", () => {
    const some = <T>(value: T): fc.Arbitrary<T | undefined> => fc.constantFrom(value, undefined);
    const limits = fc.record({
      memoryBytes: some(2 ** 25),
      cpuSeconds: some(3),
      processes: some(9),
      openFiles: some(99),
      nice: some(1),
    });
    fc.assert(
      fc.property(
        limits,
        fc.subarray(["memory", "pids", "cpu"]),
        fc.boolean(),
        fc.boolean(),
        (wish, controllers, hasGroup, hasTools) => {
          const facts = {
            cgroup: hasGroup ? { ...cgroup, controllers } : undefined,
            tools: hasTools ? tools : bare,
          };
          const planned = planLimits(wish, facts);
          const wished = Object.values(wish).filter((value) => value !== undefined).length;
          if (planned.ok) expect(planned.inForce).toHaveLength(wished);
          else expect(planned.failure.code).toBe("limit-unavailable");
        },
      ),
    );
  });

  it("knows what this process may have itself", () => {
    const table =
      "Limit   Soft Limit   Hard Limit   Units\nMax cpu time   10   20   seconds\nMax open files            5    unlimited     files \n";
    expect(parseHardLimits(table)).toEqual({ cpuSeconds: 20, openFiles: undefined, dataBytes: undefined });
    expect(parseHardLimits("")).toEqual({
      cpuSeconds: undefined,
      openFiles: undefined,
      dataBytes: undefined,
    });
    expect(detectLimitTools("linux").hardLimits.openFiles).toBeGreaterThan(0);
    expect(detectLimitTools("win32")).toMatchObject({ prlimit: undefined, nice: undefined, bash: undefined });
  });
});

describe("a limited run", () => {
  const limits = { memoryBytes: 200_000_000, cpuSeconds: 1, openFiles: 20, nice: 7 };

  it("has its limits, its name, its arguments and its environment, as a user without rights", () => {
    const shown = 'echo "$0 $#"; ulimit -Sn; ulimit -Hn; ulimit -t; ulimit -d; nice';
    const env = { PATH: "/bin:/usr/bin", "odd name": "x y", PWD: "/odd", SHLVL: "5" };
    const sh = { ...script(shown), env, cwd: "/" };
    const named = { ...sh, executable: "/bin/bash", argv: ["my name", "-c", shown] };
    const vars = { ...planFor(["env", "-0"]), executable: "/usr/bin/env", env, cwd: "/" };
    const { results } = hostRuns(AS_NOBODY, [
      { plan: sh, options: { limits } },
      { plan: named, options: { limits } },
      { plan: vars, options: { limits, marker: "m" } },
    ]);
    const values = `20\n20\n1\n195312\n${getPriority() + 7}\n`;
    expect(results[0]?.[0]).toMatchObject({ exitCode: 0, stdout: `script 0\n${values}` });
    expect(results[1]?.[0]).toMatchObject({ exitCode: 0, stdout: `my name 0\n${values}` });
    expect(results[2]?.[0]?.stdout.split("\0").toSorted()).toEqual([
      "",
      "OPENCLAW_RUN_ID=m",
      "PATH=/bin:/usr/bin",
      "PWD=/odd",
      "SHLVL=5",
      "odd name=x y",
    ]);
    expect(results[0]?.[0]?.limits.map(({ name, by }) => `${name} ${by}`)).toEqual([
      "memory prlimit",
      "cpu prlimit",
      "open-files prlimit",
      "nice nice",
    ]);
  });

  it("is ended when its processor time is up", async () => {
    const result = await runScript("while :; do :; done", { limits: { cpuSeconds: 1 } });
    expect(result).toMatchObject({
      signal: "SIGXCPU",
      success: false,
      limitExceeded: "cpu",
      timedOut: false,
    });
  });

  it("gets no more memory and no more files than it may", async () => {
    const hog = 'x=$(head -c 300000000 /dev/zero | tr "\\0" a); echo ${#x}';
    const memory = await runScript(hog, { limits: { memoryBytes: 100_000_000 } });
    expect(memory.exitCode).not.toBe(0);
    expect(memory.stdout).toBe("");
    const files = await runScript("exec 25</dev/null; echo open", { limits: { openFiles: 20 } });
    expect(files).toMatchObject({ success: false, stdout: "" });
  });

  it("that cannot have its limits, or its program, is not started", async () => {
    const refused = await runScript("echo ran", { limits: { processes: 5 } });
    expect(refused).toMatchObject({
      stdout: "",
      exitCode: undefined,
      failure: { code: "limit-unavailable" },
    });
    const missing = await startRun(planFor(["/no/such/program"]), { limits: { nice: 1 } }).result;
    expect(missing.failure?.code).toBe("executable-missing");
    const nowhere = await startRun({ ...script("pwd"), cwd: "/no/such" }, { limits: { nice: 1 } }).result;
    expect(nowhere.failure?.code).toBe("cwd-missing");
  });

  it("is ended with all its processes like any other", async () => {
    const result = await runScript("setsid sleep 1000 & sleep 1000", { limits, timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: 124, timedOut: true, leftBehind: false });
  });
});
