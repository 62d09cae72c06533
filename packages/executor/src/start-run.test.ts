import { closeSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENV, planFor, runScript, script, tempDir } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();

describe("a run", () => {
  it("gives what the program prints and its exit code", async () => {
    const handle = startRun(script("echo out; echo err >&2; exit 3"));
    expect(handle.pid).toBeGreaterThan(1);
    expect(await handle.result).toEqual({
      exitCode: 3,
      signal: undefined,
      timedOut: false,
      cancelled: false,
      success: false,
      stdout: "out\n",
      stderr: "err\n",
      failure: undefined,
      truncated: false,
      outputBytes: 8,
      timeout: undefined,
      limitExceeded: undefined,
      limits: [],
      seenBytes: { stdout: 4, stderr: 4 },
      truncatedBytes: { stdout: 0, stderr: 0 },
      durationMs: expect.any(Number),
      containment: "process-tree",
      leftBehind: false,
      spool: undefined,
    });
  });

  it("succeeds with exit code 0 alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 255 }), async (code) => {
        const { exitCode, success, failure } = await runScript(`exit ${code}`);
        expect([exitCode, success, failure]).toEqual([code, code === 0, undefined]);
      }),
      { numRuns: 20, examples: [[0], [255]] },
    );
  });

  it.each(["SIGKILL", "SIGTERM", "SIGSEGV", "SIGINT"] as const)(
    "that is ended by %s has no exit code",
    async (signal) => {
      expect(await runScript(`echo before; kill -${signal.slice(3)} $$`)).toMatchObject({
        exitCode: undefined,
        signal,
        success: false,
        timedOut: false,
        cancelled: false,
        stdout: "before\n",
      });
    },
  );

  it("gets its arguments as they are, with no shell between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }), async (args) => {
        fc.pre(!args.some((arg) => arg.includes("\0")));
        const { stdout } = await startRun(planFor(["/usr/bin/printf", "%s|", "a", ...args])).result;
        expect(stdout).toBe(["a", ...args].map((arg) => `${arg}|`).join(""));
      }),
      { numRuns: 30, examples: [[["$(id)", "`id`", "; id", "*", "", " a  b ", "'\"\\"]]] },
    );
  });

  it("gets the name of its plan as its own", async () => {
    const named = { ...planFor(["my shell", "-c", 'echo "$0"']), executable: "/bin/sh" };
    expect((await startRun(named).result).stdout).toBe("my shell\n");
  });

  it("has exactly the environment of its plan, and the marker", async () => {
    const env = { ONE: "1", EMPTY: "", "with space": "ä\n", __proto__x: "y", OPENCLAW_RUN_ID: "another" };
    const handle = startRun(planFor(["/usr/bin/env", "-0"], { env }));
    expect(handle.marker).toMatch(/^[0-9a-f-]{36}$/u);
    expect((await handle.result).stdout.split("\0").slice(0, -1).toSorted()).toEqual([
      "EMPTY=",
      "ONE=1",
      `OPENCLAW_RUN_ID=${handle.marker}`,
      "__proto__x=y",
      "with space=ä\n",
    ]);
  });

  it("does not get what the runtime adds to children while coverage is measured", async () => {
    const before = process.env["NODE_V8_COVERAGE"];
    process.env["NODE_V8_COVERAGE"] = join(dir, "coverage");
    try {
      const env = Object.freeze({ ...ENV });
      const result = await startRun(planFor(["/usr/bin/env"], { env })).result;
      expect(result.stdout).not.toContain("NODE_V8_COVERAGE");
      expect(result.exitCode).toBe(0);
      const wanted = await startRun(planFor(["/usr/bin/env"], { env: { NODE_V8_COVERAGE: "x" } })).result;
      expect(wanted.stdout).toMatch(/^NODE_V8_COVERAGE=x\nOPENCLAW_RUN_ID=/u);
    } finally {
      if (before === undefined) delete process.env["NODE_V8_COVERAGE"];
      else process.env["NODE_V8_COVERAGE"] = before;
    }
  });

  it("starts in its directory", async () => {
    const cwd = join(dir, "a dir");
    mkdirSync(cwd);
    expect((await startRun({ ...script("pwd -P"), cwd }).result).stdout).toBe(`${realpathSync(cwd)}\n`);
  });

  it("has an empty standard input", async () => {
    expect(await runScript("cat; readlink /proc/self/fd/0")).toMatchObject({
      exitCode: 0,
      stdout: "/dev/null\n",
    });
  });

  it("leads a process group of its own", async () => {
    const handle = startRun(script("cut -d' ' -f5,6 /proc/$$/stat"));
    expect((await handle.result).stdout).toBe(`${handle.pid} ${handle.pid}\n`);
  });

  it("gets no file that this process has open", async () => {
    const open = openSync("/etc/hosts", "r");
    try {
      const { stdout } = await runScript("for fd in /proc/$$/fd/*; do readlink $fd; done");
      expect(stdout).toContain("/dev/null");
      expect(stdout).not.toContain("/etc/hosts");
    } finally {
      closeSync(open);
    }
  });

  it("is over when the program is, with all that it printed", async () => {
    const { stdout, truncated } = await runScript("yes 123456789 | head -n 15000");
    expect(stdout).toBe("123456789\n".repeat(15_000));
    expect(truncated).toBe(false);
  });
});
