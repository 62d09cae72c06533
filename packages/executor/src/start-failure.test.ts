import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RunPlan } from "@openclaw/protocol";
import { describe, expect, it, vi } from "vitest";
import { AS_NOBODY, openDescriptors, planFor, script, tempDir } from "./run.test.support.ts";
import { describeSpawnError } from "./start-failure.ts";
import type { RunResult } from "./run-result.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();

async function failed(plan: RunPlan): Promise<RunResult> {
  const handle = startRun(plan);
  const result = await handle.result;
  expect(handle.pid).toBeUndefined();
  expect(result).toMatchObject({
    exitCode: undefined,
    signal: undefined,
    timedOut: false,
    cancelled: false,
    success: false,
    stdout: "",
    stderr: "",
    truncated: false,
    outputBytes: 0,
  });
  return result;
}

function file(name: string, content: string, mode: number): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** The run of `pwd` by a process of a user who owns nothing here. */
async function pwdAsNobody(cwd: string): Promise<RunResult> {
  const program = fileURLToPath(new URL("lone-run.test.support.ts", import.meta.url));
  const [first, ...words] = [...AS_NOBODY, process.execPath, program, cwd];
  const { stdout } = await promisify(execFile)(first, words, { cwd: "/" });
  return JSON.parse(stdout) as RunResult;
}

describe("a working directory", () => {
  const prefix = "node exec working directory";

  it("that is missing is named as what is missing, not the program", async () => {
    const cwd = join(dir, "nowhere");
    expect((await failed({ ...script("pwd"), cwd })).failure).toEqual({
      code: "cwd-missing",
      message: `${prefix} does not exist on the node host: ${cwd} (os reported: ENOENT)`,
    });
    const dangling = join(dir, "dangling");
    symlinkSync(cwd, dangling);
    expect((await failed({ ...script("pwd"), cwd: dangling })).failure?.code).toBe("cwd-missing");
  });

  it("that is a file, or below one, is no directory", async () => {
    const cwd = file("file", "", 0o644);
    expect((await failed({ ...script("pwd"), cwd })).failure).toEqual({
      code: "cwd-not-a-directory",
      message: `${prefix} is not a directory on the node host: ${cwd} (os reported: ENOTDIR)`,
    });
    expect((await failed({ ...script("pwd"), cwd: `${cwd}/x` })).failure).toEqual({
      code: "cwd-missing",
      message: `${prefix} does not exist on the node host: ${cwd}/x (os reported: ENOTDIR)`,
    });
  });

  it("that may not be entered says so", async () => {
    const open = join(dir, "open");
    const closed = join(open, "closed");
    mkdirSync(join(closed, "inner"), { recursive: true });
    chmodSync(dir, 0o755);
    chmodSync(closed, 0o000);
    for (const cwd of [closed, join(closed, "inner")]) {
      expect((await pwdAsNobody(cwd)).failure).toEqual({
        code: "cwd-not-accessible",
        message: `${prefix} is not accessible on the node host: ${cwd} (os reported: EACCES)`,
      });
    }
    chmodSync(closed, 0o755);
    expect(await pwdAsNobody(closed)).toMatchObject({ exitCode: 0, stdout: `${closed}\n` });
  });

  it("is never one relative to this process", async () => {
    for (const cwd of ["", ".", "src"])
      expect((await failed({ ...script("pwd"), cwd })).failure).toEqual({
        code: "cwd-missing",
        message: `${prefix} does not exist on the node host: ${cwd} (os reported: no absolute path)`,
      });
  });

  it("may vanish while the program runs", async () => {
    const cwd = join(tempDir(), "cwd");
    mkdirSync(cwd);
    const text = `rmdir "${cwd}"; pwd -P 2>/dev/null; echo still; touch x 2>/dev/null || echo gone`;
    const result = await startRun({ ...script(text), cwd }).result;
    expect(result).toMatchObject({ exitCode: 0, failure: undefined, leftBehind: false });
    expect(result.stdout).toMatch(/still\ngone\n$/u);
  });

  it("with a NUL does not throw", async () => {
    expect((await failed({ ...script("pwd"), cwd: "/tmp\0/x" })).failure).toEqual({
      code: "cwd-missing",
      message: `${prefix} does not exist on the node host: /tmp\\0/x (os reported: a NUL in the path)`,
    });
  });
});

describe("a program", () => {
  const prefix = "Command failed during launch or output capture";

  it("that is missing is named", async () => {
    const path = join(dir, "no-such-program");
    expect((await failed(planFor([path]))).failure).toEqual({
      code: "executable-missing",
      message: `${prefix} (ENOENT): ${path} or its interpreter is missing`,
    });
  });

  it("whose interpreter is missing is named too", async () => {
    const path = file("bad-interpreter", "#!/nope/interpreter\n", 0o755);
    expect((await failed(planFor([path]))).failure).toEqual({
      code: "executable-missing",
      message: `${prefix} (ENOENT): ${path} or its interpreter is missing`,
    });
  });

  it("that may not be executed says so", async () => {
    const path = file("not-executable", "#!/bin/sh\n", 0o644);
    expect((await failed(planFor([path]))).failure).toEqual({
      code: "executable-not-accessible",
      message: `${prefix} (EACCES): ${path} may not be executed`,
    });
    expect((await failed(planFor([dir]))).failure).toEqual({
      code: "executable-not-a-file",
      message: `${prefix}: ${dir} is a directory`,
    });
  });

  it("is never looked up, neither in PATH nor in the working directory", async () => {
    const name = "planted";
    file(name, "#!/bin/sh\necho planted\n", 0o755);
    for (const executable of [name, `./${name}`, "sh", ""])
      expect(
        (await failed({ ...planFor([executable]), cwd: dir, env: { PATH: `${dir}:/bin` } })).failure,
      ).toEqual({
        code: "executable-missing",
        message: `${prefix} (no absolute path): ${executable}`,
      });
  });

  it("with more than the system takes says what is too large", async () => {
    const big = "x".repeat(10_000_000);
    const limit = "is larger than the 131072 bytes that this system takes";
    for (const [plan, what] of [
      [planFor(["/bin/echo", "a", big]), `argument 2 of the command ${limit}`],
      [planFor(["/bin/echo"], { env: { BIG: big } }), `the environment variable \`BIG\` ${limit}`],
      [
        planFor(["/bin/echo", ...Array.from({ length: 60 }, () => "x".repeat(100_000))]),
        "arguments and environment are too large for this system",
      ],
    ] as const) {
      expect((await failed(plan)).failure).toEqual({
        code: "too-large",
        message: `${prefix} (E2BIG): ${what}`,
      });
    }
  });

  it("with a NUL in its name or arguments fails and does not throw", async () => {
    expect((await failed(planFor(["/bin/echo", "a\0b"]))).failure).toEqual({
      code: "argument-invalid",
      message: `${prefix}: argument 1 of the command has a NUL in it`,
    });
    expect((await failed({ ...planFor(["/bin/echo"]), executable: "/bin/ec\0ho" })).failure?.code).toBe(
      "argument-invalid",
    );
  });

  it.each([
    [{ "A=B": "c" }, "`A=B` has `=` or NUL in its name"],
    [{ "=A": "c" }, "`=A` has `=` or NUL in its name"],
    [{ "A\0B": "c" }, "`A\\u0000B` has `=` or NUL in its name"],
    [{ "": "c" }, "`` has no name"],
    [{ A: "c\0D=e" }, "`A` has a NUL in its value"],
  ])("is not given a variable that the system would take for another: %j", async (env, what) => {
    expect((await failed(planFor(["/usr/bin/env"], { env }))).failure).toEqual({
      code: "environment-invalid",
      message: `${prefix}: the environment variable ${what}`,
    });
  });

  it.each([
    ["EAGAIN", "too-many-processes"],
    ["EMFILE", "too-many-processes"],
    ["ENFILE", "too-many-processes"],
    ["ENOMEM", "too-many-processes"],
    ["EPERM", "executable-not-accessible"],
    ["ELOOP", "spawn-failed"],
  ])("for the system's %s fails as %s", (system, code) => {
    const error = Object.assign(new Error("spawn"), { code: system });
    expect(describeSpawnError(error, planFor(["/bin/x"]))).toMatchObject({
      code,
      message: expect.stringContaining(`${prefix} (${system}): `),
    });
  });

  it("for an unheard-of reason fails as well", () => {
    for (const error of [undefined, null, "no", new Error("no")])
      expect(describeSpawnError(error, planFor(["/bin/x"]))).toEqual({
        code: "spawn-failed",
        message: `${prefix} (unknown error): /bin/x`,
      });
  });

  it("that does not start leaves no descriptor", async () => {
    await failed(planFor(["/no/such/program"]));
    const before = openDescriptors();
    for (let n = 0; n < 20; n += 1) {
      await failed(planFor(["/no/such/program"]));
      await failed(planFor(["/bin/echo", "x".repeat(8_000_000)]));
    }
    // The runtime closes them a few turns of the event loop later.
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before));
  });
});
