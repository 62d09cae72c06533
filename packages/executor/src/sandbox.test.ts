import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunOptions } from "./run-options.ts";
import type { RunReport } from "./run-result.ts";
import { AS_NOBODY, gone, hostRuns, made, NOBODY, planFor, script, tempDir } from "./run.test.support.ts";
import { openSandbox, sandboxOptions, sandboxPrefix, type Sandbox } from "./sandbox.ts";
import { startRun } from "./start-run.ts";

const works = await openSandbox({});

describe("a sandbox that is not there", () => {
  it.each([
    [{ bwrap: "/nowhere/bwrap" }, {}, /^spawn .*(?:ENOENT|ENOTDIR)/u],
    [{ bwrap: "/bin/false" }, {}, /Command failed/u],
    [{ platform: "darwin" as const }, {}, /need Linux/u],
    [{}, { writable: ["/nowhere/dir"] }, /`\/nowhere\/dir` is not there/u],
    [{}, { writable: ["/etc/passwd"] }, /is no directory/u],
    [{}, { writable: ["relative"] }, /is no directory/u],
  ])("is told with the reason: %j %j", async (facts, profile, reason) => {
    const sandbox = await openSandbox(profile, facts);
    expect(sandbox).toMatchObject({ ok: false, reason: expect.stringMatching(reason) as unknown });
  });

  it("refuses the run instead of letting it go without", async () => {
    const mark = join(tempDir(), "mark");
    const result = await startRun(script(`touch ${mark}`), { sandbox: { ok: false, reason: "none here" } })
      .result;
    expect(result.failure).toEqual({
      code: "sandbox-unavailable",
      message: "the run was not started: there is no sandbox: none here",
    });
    expect(readdirSync(join(mark, ".."))).toEqual([]);
  });

  it("lays what is hidden over what is writable", () => {
    const options = sandboxOptions({ writable: ["/home/u"], hidden: ["/home/u/.openclaw"] }).join(" ");
    expect(options).toMatch(
      /--ro-bind \/ \/ .*--tmpfs \/tmp .*--bind \/home\/u \/home\/u --tmpfs \/home\/u\/.openclaw$/u,
    );
    expect(options).toContain("--unshare-net");
    expect(sandboxOptions({ network: true, hidden: [] })).not.toContain("--unshare-net");
    expect(sandboxPrefix(["bwrap"], "/x").slice(-3)).toEqual(["--chdir", "/x", "--"]);
  });
});

// Where bubblewrap is missing or may not make namespaces, there is nothing to try; the run is refused, as above.
describe(`real sandboxes on this machine: ${works.ok ? "tried below" : `none, ${works.reason}`}`, () => {
  it("hold a run, or it is refused with the reason", async () => {
    const { success, failure } = await startRun(script("true"), { sandbox: works }).result;
    const refused = works.ok ? undefined : `the run was not started: there is no sandbox: ${works.reason}`;
    expect([success, failure?.message]).toEqual([works.ok, refused]);
  });
});

describe.runIf(works.ok).each([
  ["this user", false],
  ["an unprivileged user", true],
])("a run of %s in a sandbox", (_who, asNobody) => {
  async function run(
    text: string,
    sandbox: Sandbox,
    options: RunOptions = {},
    cwd = "/",
  ): Promise<RunReport> {
    const plan = { ...script(text), cwd };
    if (!asNobody) return await startRun(plan, { sandbox, ...options }).result;
    const [answer] = hostRuns(AS_NOBODY, [{ plan, options: { sandbox, ...options } }]).results;
    if (answer?.[0] === undefined) throw new Error("no answer");
    return answer[0];
  }

  /** A directory of whoever runs. */
  function place(): string {
    const dir = tempDir();
    if (process.getuid?.() === 0) chownSync(dir, asNobody ? NOBODY : 0, 0);
    return dir;
  }

  it("reads everything, and writes only where it may", async () => {
    const [mine, hidden] = [place(), place()];
    writeFileSync(join(hidden, "token"), "secret");
    const sandbox = await openSandbox({ writable: [mine] }, { hidden: [hidden, "/nowhere"] });
    const text = [
      `echo kept > ${mine}/kept && head -c 4 /etc/passwd && echo`,
      `touch /etc/x /usr/x /var/x 2>/dev/null; echo $?; ls ${hidden} | wc -l`,
      `echo mine > /tmp/mine && cat /tmp/mine; ls /run | wc -l; pwd`,
    ].join("\n");
    const result = await run(text, sandbox, {}, mine);
    expect(result.stdout.split("\n")).toEqual(["root", "1", "0", "mine", "0", mine, ""]);
    expect(readFileSync(join(mine, "kept"), "utf8")).toBe("kept\n");
    expect(readFileSync(join(hidden, "token"), "utf8")).toBe("secret");
    expect(readdirSync("/tmp")).not.toContain("mine");
  });

  it("sees no network, no other process, has no capability, and gets no descriptor of ours", async () => {
    const text = [
      "grep -c : /proc/net/dev",
      "ls -d /proc/[0-9]* | wc -l",
      "grep -E '^(CapEff|NoNewPrivs)' /proc/self/status | tr -d '\\t'",
      "test -e /proc/$$/fd/3; echo $?",
      "unshare -U true 2>/dev/null; echo $?",
    ].join("\n");
    const { stdout } = await run(text, works);
    const [devices, processes, noCaps, ...rest] = stdout.split("\n");
    expect(devices).toBe("1");
    expect(Number(processes)).toBeLessThanOrEqual(5);
    expect([noCaps, ...rest]).toEqual(["CapEff:0000000000000000", "NoNewPrivs:1", "1", "1", ""]);
  });

  it("gives its exit code, and nothing that only looks like a sandbox that failed", async () => {
    const ended = async (text: string) => {
      const { exitCode, signal, failure } = await run(text, works);
      return [exitCode, signal, failure];
    };
    expect(await ended("exit 7")).toEqual([7, undefined, undefined]);
    expect(await ended("kill -9 $$")).toEqual([137, undefined, undefined]);
    expect(await ended("echo 'bwrap: no' >&2; exit 1")).toEqual([1, undefined, undefined]);
  });

  it("says when the sandbox could not be made for it", async () => {
    const result = await run("true", works, {}, place());
    expect(result.exitCode).toBeUndefined();
    expect(result).toMatchObject({
      success: false,
      failure: {
        code: "sandbox-unavailable",
        message: expect.stringMatching(/not started in its sandbox: bwrap: Can't chdir to/u) as unknown,
      },
    });
  });

  it("keeps its limits, and the name that it sees as its own", async () => {
    const limited = await run("ulimit -n", works, { limits: { openFiles: 77, nice: 3 } });
    expect(limited).toMatchObject({ stdout: "77\n", success: true });
    const plan = { ...planFor(["/bin/sh", "-c", "echo $0 $PWD; head -c 5 /proc/$$/cmdline"]), cwd: "/usr" };
    const named = { ...plan, argv: ["other", ...plan.argv.slice(1)] };
    const { stdout } = await startRun(named, { sandbox: works }).result;
    expect(stdout).toBe("other /usr\nother");
  });

  it("may clean up when it is told to end, and is gone when it does not", async () => {
    const mine = place();
    const sandbox = await openSandbox({ writable: [mine] });
    const polite = await run(
      "trap 'echo cleaned; exit 5' TERM; echo on; while :; do sleep 0.05; done",
      sandbox,
      { timeoutMs: 1500 },
      mine,
    );
    expect(polite).toMatchObject({ stdout: "on\ncleaned\n", timedOut: true, exitCode: 124 });
    const stubborn = await run(
      "trap '' TERM; setsid sleep 1000 & echo on; while :; do sleep 0.05; done",
      sandbox,
      { timeoutMs: 1500, killGraceMs: 100 },
      mine,
    );
    expect(stubborn).toMatchObject({ stdout: "on\n", timedOut: true, leftBehind: false });
  });
});

describe.runIf(works.ok)("the end of a sandbox", () => {
  it("ends what was started in the background, too", async () => {
    const mine = tempDir();
    mkdirSync(join(mine, "d"));
    const sandbox = await openSandbox({ writable: [mine] });
    const text = `(setsid sh -c 'echo up > ${mine}/up; exec sleep 1000' &) ; until [ -e ${mine}/up ]; do sleep 0.02; done`;
    const handle = startRun({ ...script(text), cwd: mine }, { sandbox });
    await made(join(mine, "up"));
    expect(await handle.result).toMatchObject({ exitCode: 0 });
    if (handle.pid !== undefined) await gone(handle.pid);
  });
});
