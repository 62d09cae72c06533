import { execFileSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { detectCgroupHome, ownGroup } from "./cgroup-home.ts";
import { detectContainment } from "./containment.ts";
import { launchOf } from "./launch.ts";
import {
  AS_NOBODY,
  hostRuns,
  isAlive,
  NOBODY,
  planFor,
  runScript,
  script,
  tempDir,
} from "./run.test.support.ts";
import { RunCgroup } from "./run-cgroup.ts";

const V2 = "25 30 0:22 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n";
const OTHER = "22 30 0:20 / /sys rw shared:2 - sysfs sysfs rw\n";

describe("the control group of a process", () => {
  it("is where the mounts and its own line say", () => {
    expect(ownGroup(OTHER + V2, "0::/a.slice/b.service\n")).toBe("/sys/fs/cgroup/a.slice/b.service");
    expect(ownGroup(OTHER + V2, "9:name=systemd:/x\n0::/\n")).toBe("/sys/fs/cgroup/");
    const part = V2.replace(" / /sys/fs/cgroup", " /docker/1 /sys/fs/c\\040g");
    expect(ownGroup(part, "0::/docker/1/b\n")).toBe("/sys/fs/c g/b");
    expect(ownGroup(part, "0::/other\n")).toBeUndefined();
    expect(ownGroup(OTHER, "0::/a\n")).toBeUndefined();
    expect(ownGroup(V2, "4:memory:/a\n")).toBeUndefined();
    expect(ownGroup("", "")).toBeUndefined();
  });

  /** A directory that looks like a control group. */
  function fakeGroup(
    members: string,
    files: readonly string[] = ["cgroup.events", "cgroup.kill"],
  ): Parameters<typeof detectCgroupHome>[0] {
    const dir = tempDir();
    mkdirSync(join(dir, "own"));
    for (const file of [...files, "cgroup.subtree_control"]) writeFileSync(join(dir, "own", file), "");
    writeFileSync(join(dir, "own", "cgroup.procs"), members);
    writeFileSync(join(dir, "mountinfo"), `1 2 0:1 / ${dir} rw - cgroup2 cgroup2 rw\n`);
    writeFileSync(join(dir, "cgroup"), "0::/own\n");
    return { mountInfo: join(dir, "mountinfo"), ownCgroups: join(dir, "cgroup"), pid: 77 };
  }

  it.each([
    ["77\n78\n", undefined, "is shared with other processes"],
    ["78\n", undefined, "is not the one that the system names"],
    ["77\n", ["cgroup.events"], "older than 5.14"],
    ["77\n", ["cgroup.kill"], "belongs to the whole machine"],
    ["77\n", undefined, "cannot be used (ENOENT)"],
  ])("is left alone unless it is this process's: %j %j", (members, files, reason) => {
    expect(detectCgroupHome(fakeGroup(members, files))).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  it("that cannot be looked at is none", () => {
    expect(detectCgroupHome({ mountInfo: "/no/such/file" })).toEqual({
      ok: false,
      reason: expect.stringContaining("(ENOENT)"),
    });
  });
});

describe("what holds runs together", () => {
  it("is said with the reason why it is not better", () => {
    const kinds = (["win32", "darwin", "linux"] as const).map((platform) =>
      detectContainment({ platform, useCgroup: false }),
    );
    expect(kinds.map(({ kind, whyNotBetter }) => [kind, whyNotBetter])).toEqual([
      ["taskkill", undefined],
      ["process-group", "this system has no /proc to find other processes in"],
      ["process-tree", "control groups are switched off"],
    ]);
    expect(detectContainment({ mountInfo: "/dev/null" })).toMatchObject({
      kind: "process-tree",
      whyNotBetter: "no control groups of version 2 are mounted",
      cgroup: undefined,
    });
  });
});

function groupsIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}

/** A mounted hierarchy in which this process may make groups. */
function writableHierarchy(): string | undefined {
  const mount = /^(?:\S+ ){4}(\S+) .* - cgroup2 /mu.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1];
  return mount !== undefined && process.getuid?.() === 0 && existsSync(join(mount, "cgroup.procs"))
    ? mount
    : undefined;
}

const mount = writableHierarchy();
describe.runIf(mount !== undefined)("a delegated control group", () => {
  const base = join(mount ?? "", `executor-test-${process.pid}`);
  mkdirSync(base);
  for (const file of ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"])
    chownSync(join(base, file), NOBODY, NOBODY);
  afterAll(async () => {
    writeFileSync(join(base, "cgroup.kill"), "1");
    await vi.waitFor(() => {
      if (readFileSync(join(base, "cgroup.events"), "utf8").includes("populated 1"))
        throw new Error("populated");
    });
    for (const name of groupsIn(join(base, "runs"))) rmdirSync(join(base, "runs", name));
    for (const inner of ["main", "runs", "alone", ""])
      if (existsSync(join(base, inner))) rmdirSync(join(base, inner));
  });
  const words = ["/bin/sh", "-c", 'echo 0 > "$0/cgroup.procs" && exec "$@"', base, ...AS_NOBODY];
  const fled = "setsid env -i sh -c 'setsid sleep 1000 >/dev/null 2>&1 & echo $!'";

  it("holds what nothing else finds, for a user without rights", () => {
    const { results, detected } = hostRuns(words, [
      {
        plan: { ...script(`${fled}; sleep 0.4; cat /proc/self/cgroup; sleep 1000`), cwd: "/" },
        options: { timeoutMs: 1000, killGraceMs: 100 },
        useCgroup: true,
      },
      { plan: { ...script(fled), cwd: "/" }, options: { leftovers: "end", killGraceMs: 100 } },
      { plan: { ...script("exit 4"), cwd: "/" }, times: 50 },
      { plan: { ...script(`${fled}; sleep 0.4`), cwd: "/" } },
    ]);
    expect(detected).toMatchObject({ kind: "cgroup", cgroup: { runs: join(base, "runs") } });
    const [ended, leftover, quick, kept] = results;
    expect(ended?.[0]).toMatchObject({ exitCode: 124, containment: "cgroup", leftBehind: false });
    expect(ended?.[0]?.stdout).toMatch(/^\d+\n(?:.*\n)*0::\/executor-test-\d+\/runs\/[0-9a-f-]{36}\n$/u);
    expect(leftover?.[0]).toMatchObject({ exitCode: 0, success: true, leftBehind: false });
    for (const one of [ended, leftover])
      expect(isAlive(Number.parseInt(one?.[0]?.stdout ?? "", 10))).toBe(false);
    expect(quick?.every(({ exitCode, leftBehind }) => exitCode === 4 && !leftBehind)).toBe(true);
    expect(kept?.[0]).toMatchObject({ exitCode: 0, leftBehind: true });
    const pid = Number(kept?.[0]?.stdout);
    expect(isAlive(pid)).toBe(true);
    // All groups but that of the last one are gone.
    expect(groupsIn(join(base, "runs"))).toHaveLength(1);
    process.kill(pid, "SIGKILL");
  });

  it("is found again by the next host, which clears away what is left; and counts processor time of all", () => {
    const burn = { ...script("while :; do :; done & while :; do :; done"), cwd: "/" };
    const { results, detected } = hostRuns(words, [
      { plan: burn, options: { limits: { cpuSeconds: 1 }, killGraceMs: 100 }, useCgroup: true },
    ]);
    expect(detected.kind).toBe("cgroup");
    expect(results[0]?.[0]).toMatchObject({ limitExceeded: "cpu", success: false, leftBehind: false });
    expect(results[0]?.[0]?.limits).toEqual([{ name: "cpu", by: "cgroup", scope: "run" }]);
    expect(groupsIn(join(base, "runs"))).toEqual([]);
  });

  it("limits memory and processes by real controllers where they are, and otherwise in another way or not at all", () => {
    const hog = "head -c 300000000 /dev/zero | tail -c 250000000 | wc -c";
    const forks = "for n in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; kill $(jobs -p)";
    const { results, detected } = hostRuns(words, [
      {
        plan: { ...script(hog), cwd: "/" },
        options: { limits: { memoryBytes: 60_000_000 } },
        useCgroup: true,
      },
      { plan: { ...script(forks), cwd: "/" }, options: { limits: { processes: 6 } } },
    ]);
    const has = (name: string): boolean => detected.cgroup?.controllers.includes(name) === true;
    const [[memory] = [], [processes] = []] = results;
    const by = has("memory") ? { by: "cgroup", scope: "run" } : { by: "prlimit", scope: "process" };
    expect(memory?.limits).toEqual([{ name: "memory", ...by }]);
    expect(memory?.stdout).not.toBe("250000000\n");
    expect(memory?.limitExceeded).toBe(has("memory") ? "memory" : undefined);
    expect(processes?.failure?.code).toBe(has("pids") ? undefined : "limit-unavailable");
    expect(processes?.limitExceeded).toBe(has("pids") ? "processes" : undefined);
  });

  it("is entered before the program starts where limits need that", () => {
    const home = {
      main: "/no/such/group",
      runs: base,
      controllers: [],
      left: new Set<string>(),
      moves: Promise.resolve(),
    };
    const group = RunCgroup.make(home, "alone");
    const plan = {
      ...planFor(["my name", "-c", 'echo "$0"; cat /proc/self/cgroup']),
      executable: "/bin/bash",
    };
    const launch = launchOf(plan, { prefix: [], enter: group.path, bash: "/bin/bash" });
    if ("code" in launch) throw new Error(launch.message);
    const out = execFileSync(launch.file, launch.args, { encoding: "utf8" });
    expect(out).toMatch(/^my name\n(?:.*\n)*0::\/executor-test-\d+\/alone\n$/u);
    expect(group.remove()).toBe(true);
    // A limit that is not there is seen; only the swap space may stay uncounted.
    expect(() => RunCgroup.make(home, "alone", { "no-such.max": "1" })).toThrow(/ENOENT/u);
    expect(RunCgroup.make(home, "alone", { "memory.swap.max": "0" }).remove()).toBe(true);
    const nowhere = launchOf(plan, { prefix: [], enter: "/no/such/group", bash: "/bin/bash" });
    if ("code" in nowhere) throw new Error(nowhere.message);
    expect(() => execFileSync(nowhere.file, nowhere.args, { stdio: "ignore" })).toThrow(
      /my name|Command failed/u,
    );
  });
});

describe("a control group whose limits do not exist", () => {
  const home = {
    main: "/no/such/group",
    runs: tempDir(),
    controllers: ["memory"],
    left: new Set<string>(),
    moves: Promise.resolve(),
  };
  const containment = { ...detectContainment({ useCgroup: false }), cgroup: home };

  it("refuses the run that asked for them, and leaves nothing", async () => {
    const result = await runScript("echo ran", { containment, limits: { memoryBytes: 2 ** 30 } });
    expect(result).toMatchObject({ stdout: "", failure: { code: "limit-unavailable" } });
    expect(readdirSync(home.runs)).toEqual([]);
  });

  it("does not stop a run that asked for none, and is not said to hold it", async () => {
    const result = await runScript("sleep 0.3; echo ran", { containment });
    expect(result).toMatchObject({ stdout: "ran\n", containment: "process-tree", leftBehind: false });
    expect(readdirSync(home.runs)).toEqual([]);
  });

  it("needs bash for them, or refuses", () => {
    expect(launchOf(script("x"), { prefix: [], enter: "/x", bash: undefined })).toMatchObject({
      code: "limit-unavailable",
    });
  });
});
