import { writeFileSync } from "node:fs";
import { systemRunPrepareResultSchema } from "@openclaw/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cwdArgvPattern } from "../match/argument-hash.ts";
import { policyOf, makeScene, type Scene } from "../testing/scene.test.support.ts";
import { prepareRun, type PrepareOutcome } from "./prepare.ts";
import { PreparedPlans } from "./prepared-plans.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "rg", "python3", "sudo"]) scene.program(`bin/${name}`);
  scene.program("work/x.sh");
  writeFileSync(`${scene.cwd}/x.py`, "1\n");
});
afterAll(() => {
  scene.remove();
});

const bind = (command: string | readonly string[], policy = policyOf([])): PrepareOutcome =>
  prepareRun(typeof command === "string" ? scene.text(command) : scene.request(command), policy, scene.facts);
const messageOf = (outcome: PrepareOutcome): string =>
  outcome.ok ? "ok" : (outcome.message.split("\n")[0] ?? "");
const UNBINDABLE = "SYSTEM_RUN_DENIED: approval cannot safely bind this interpreter/runtime command";

test("the answer fits the protocol", () => {
  const outcome = bind(["a", "x y"]);
  if (!outcome.ok) throw new Error(outcome.message);
  expect(systemRunPrepareResultSchema.parse(outcome.result)).toEqual(outcome.result);
  expect(outcome.result).toEqual({
    plan: {
      argv: [`${scene.bin}/a`, "x y"],
      cwd: scene.cwd,
      commandText: `${scene.bin}/a "x y"`,
      commandPreview: null,
      agentId: "main",
      sessionKey: null,
      policySnapshot: {
        security: "allowlist",
        ask: "on-miss",
        askFallback: "deny",
        autoAllowSkills: false,
        allowlistRules: [],
      },
    },
    execPolicy: { security: "allowlist", ask: "on-miss" },
    allowAlwaysCoverage: {
      complete: true,
      patterns: [{ pattern: `${scene.bin}/a`, argPattern: cwdArgvPattern(scene.cwd, ["x y"]) }],
    },
  });
});

test("the stricter of the two policies is reported", () => {
  const request = scene.request(["a"]);
  const outcome = prepareRun(request, policyOf([]), scene.facts, { security: "deny", ask: "always" });
  expect(outcome.ok && outcome.result.execPolicy).toEqual({ security: "deny", ask: "always" });
});

test.each<readonly [string | readonly string[], string]>([
  ["a x && rg y", "ok"],
  [["sudo", "a"], "ok"],
  [["nice", "a"], "ok"],
  [["sh", "x.sh"], "ok"],
  [["python3", "x.py"], "ok"],
  [["python3", "--version"], "ok"],
  ["a > f", UNBINDABLE],
  ["a $X", UNBINDABLE],
  [["sh", "-c", "a", "b"], UNBINDABLE],
  [["python3", "-c", "1"], UNBINDABLE],
  [["python3"], UNBINDABLE],
  ["a && python3 -c 1", UNBINDABLE],
  [["python3", "nope.py"], "SYSTEM_RUN_DENIED: approval requires an existing script operand"],
  [["no-such"], "SYSTEM_RUN_DENIED: approval requires a stable executable path"],
  ["a && no-such", "SYSTEM_RUN_DENIED: approval requires a stable executable path"],
])("%j: %s", (command, message) => {
  expect(messageOf(bind(command))).toBe(message);
});

describe("what the policy allows by itself needs no binding", () => {
  test("listed interpreters, and everything with full and off", () => {
    expect(messageOf(bind(["python3", "-c", "1"], policyOf(["python3"])))).toBe("ok");
    const full = policyOf([], { security: "full", ask: "off" });
    expect(messageOf(bind("a > f; $X", full))).toBe("ok");
    expect(messageOf(bind("a > f", policyOf([], { security: "full", ask: "always" })))).toBe(UNBINDABLE);
  });

  test("a run of what was prepared still meets its bare-name entry", () => {
    const policy = policyOf(["rg"]);
    const outcome = bind(["rg", "x"], policy);
    if (!outcome.ok) throw new Error(outcome.message);
    const prepared = new PreparedPlans();
    prepared.add(outcome.prepared);
    const { argv, commandText, cwd } = outcome.result.plan;
    expect(argv[0]).toBe(`${scene.bin}/rg`);
    const request = scene.request(argv, { rawCommand: commandText, cwd: cwd ?? undefined });
    expect(scene.decide(request, policy, { prepared })).toMatchObject({
      outcome: "allow",
      plan: { argv: ["rg", "x"] },
    });
    expect(scene.decide(request, policy).outcome).toBe("ask");
  });
});

test("code in arguments is bound, or refused, where it needs an approval", () => {
  const request = scene.request(["python3", "-c", "1"]);
  const full = policyOf([], { security: "full", ask: "off" });
  expect(messageOf(prepareRun(request, full, scene.facts))).toBe("ok");
  const strict = { strictInlineEval: true };
  expect(messageOf(prepareRun(request, full, scene.facts, strict))).toBe(UNBINDABLE);
  expect(messageOf(prepareRun(request, full, scene.facts, {}, strict))).toBe(UNBINDABLE);
});
