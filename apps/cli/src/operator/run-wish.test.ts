import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutUnknown } from "./ask-approval.ts";
import { runExitCode } from "./run-on-node.ts";
import { runWish, wishedArgv } from "./run-wish.ts";

const input = (
  options: Record<string, unknown>,
  rest: readonly string[] = [],
): Parameters<typeof runWish>[0] => ({
  options,
  positionals: {},
  rest,
});

describe("runWish", () => {
  test("a command with everything", () => {
    const wish = runWish(
      input({ cwd: "/srv", agent: "main", env: ["A=1", "B=x=y", "C="], "command-timeout": 5000 }, [
        "ls",
        "-l",
      ]),
    );
    expect(wish).toMatchObject({
      command: { argv: ["ls", "-l"] },
      cwd: "/srv",
      agentId: "main",
      env: { A: "1", B: "x=y", C: "" },
      commandTimeoutMs: 5000,
      approvalTimeoutMs: 600_000,
    });
  });

  test.each([
    ["nothing", input({})],
    ["an empty program", input({}, [""])],
    ["both forms", input({ raw: "ls" }, ["ls"])],
    ["a blank text", input({ raw: "  " })],
    ["a variable without a value", input({ env: ["A"] }, ["ls"])],
    ["a value without a variable", input({ env: ["=1"] }, ["ls"])],
    ["no time at all", input({ "command-timeout": 0 }, ["ls"])],
  ])("not %s", (_what, wrong) => {
    expect(() => runWish(wrong)).toThrow(expect.objectContaining({ name: "CliError" }));
  });

  test("a text goes to the shell of the platform", () => {
    const wish = runWish(input({ raw: "echo hi" }));
    expect(wishedArgv(wish, "linux")).toEqual(["/bin/sh", "-lc", "echo hi"]);
    expect(wishedArgv(wish, undefined)).toEqual(["/bin/sh", "-lc", "echo hi"]);
    expect(wishedArgv(wish, "darwin")).toEqual(["/bin/sh", "-lc", "echo hi"]);
    expect(wishedArgv(wish, "Windows")).toEqual(["cmd.exe", "/d", "/s", "/c", "echo hi"]);
    expect(wishedArgv(wish, "win32")).toEqual(["cmd.exe", "/d", "/s", "/c", "echo hi"]);
  });
});

describe("runExitCode", () => {
  const result = (more: object): Parameters<typeof runExitCode>[0] => ({
    timedOut: false,
    success: false,
    stdout: "",
    stderr: "",
    error: null,
    ...more,
  });

  test.each([
    [{ exitCode: 0, success: true }, 0],
    [{ exitCode: 3 }, 3],
    [{ exitCode: 124, timedOut: true }, 124],
    [{ timedOut: true }, 124],
    [{}, 1],
    [{ success: true }, 0],
    [{ exitCode: 256 }, 1],
    [{ exitCode: 0xc0000005 }, 1],
    [{ exitCode: -1 }, 1],
    [{ exitCode: 0.5 }, 1],
  ])("%o is %i", (more, code) => {
    expect(runExitCode(result(more), 124)).toBe(code);
  });

  test("only zero is success", () => {
    fc.assert(
      fc.property(
        fc.double().filter((code) => code !== 0),
        (exitCode) => runExitCode(result({ exitCode }), 124) !== 0,
      ),
    );
  });
});

describe("withoutUnknown", () => {
  const plan = {
    argv: ["/bin/ls"],
    cwd: null,
    commandText: "/bin/ls",
    commandPreview: null,
    agentId: null,
    sessionKey: null,
  };
  const snapshot = {
    security: "deny",
    ask: "off",
    askFallback: "deny",
    autoAllowSkills: false,
    allowlistRules: [],
  } as const;
  const params = {
    command: "ls",
    requireDeliveryRoute: false,
    systemRunPlan: { ...plan, policySnapshot: snapshot },
  };

  test("takes out what a Gateway does not know, at both levels", () => {
    const refusal =
      "invalid exec.approval.request params: at root: unexpected property 'requireDeliveryRoute'; at /systemRunPlan: unexpected property 'policySnapshot'";
    expect(withoutUnknown(params, refusal)).toEqual({ command: "ls", systemRunPlan: plan });
  });

  test("takes out nothing that matters", () => {
    expect(withoutUnknown(params, "at root: unexpected property 'command'")).toBeUndefined();
    expect(withoutUnknown(params, "at /systemRunPlan: unexpected property 'argv'")).toBeUndefined();
    expect(withoutUnknown({ command: "ls" }, "unexpected property 'policySnapshot'")).toBeUndefined();
  });
});
