import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { JudgeOptions } from "../judge-options.ts";
import { grantAlways } from "../policy/grant.ts";
import { addAllowlistEntry } from "../policy/entries.ts";
import { loadPolicy } from "../policy/load.ts";
import type { LoadedPolicy } from "../policy/document.ts";
import type { RunRequest } from "../request.ts";
import { projectPolicy } from "../policy/wire.ts";
import { makeScene, policyOf, type Scene } from "../testing/scene.test.support.ts";
import { PreparedPlans } from "./prepared-plans.ts";
import { prepareRun } from "./prepare.ts";

let scene: Scene;
const asking = policyOf([]);
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "b", "git", "node", "sudo", "rustup", "st*r", "sed"]) scene.program(`bin/${name}`);
  scene.link("rustup", "bin/cargo");
  scene.link("rustup", "bin/rustc");
  scene.program("work/run.sh");
  scene.program("bin/own");
  writeFileSync(`${scene.cwd}/app.js`, "1");
});
afterAll(() => {
  scene.remove();
});

/** Prepare, approve for good, decide. */
function approve(request: RunRequest, policy: LoadedPolicy, options: JudgeOptions = {}): Decision {
  const answer = prepareRun(request, policy, scene.facts, {}, options);
  if (!answer.ok) throw new Error(answer.message);
  const prepared = new PreparedPlans();
  prepared.add(answer.prepared);
  const { plan } = answer.result;
  const { argv, cwd, commandText } = plan;
  const approved: RunRequest = {
    ...request,
    argv,
    cwd: cwd ?? undefined,
    rawCommand: commandText,
    approved: true,
    approvalDecision: "allow-always",
    plan,
  };
  return decide(approved, policy, scene.facts, { prepared, ...options });
}

function saved(request: RunRequest, policy: LoadedPolicy = asking): LoadedPolicy {
  const decision = approve(request, policy);
  if (decision.outcome !== "allow") throw new Error(JSON.stringify(decision));
  if (decision.grant === undefined) return policy;
  const edit = grantAlways(policy, decision.grant, { now: 5 });
  if (!edit.ok) throw new Error(edit.message);
  return edit.policy;
}
const allows = (request: RunRequest, policy: LoadedPolicy): boolean =>
  scene.decide(request, policy).outcome === "allow";

describe("what is saved is no wider than what was seen", () => {
  test("these arguments, in this directory", () => {
    const policy = saved(scene.request(["a", "x y"]));
    expect(allows(scene.request(["a", "x y"]), policy)).toBe(true);
    expect(allows(scene.request([`${scene.bin}/a`, "x y"]), policy)).toBe(true);
    expect(allows(scene.text("a 'x y'"), policy)).toBe(true);
    for (const argv of [["a"], ["a", "x", "y"], ["a", "x y", ""], ["b", "x y"]]) {
      expect(allows(scene.request(argv), policy)).toBe(false);
    }
    expect(allows(scene.request(["a", "x y"], { cwd: scene.bin }), policy)).toBe(false);
    expect(allows(scene.request(["a", "x y"], { agentId: "other" }), policy)).toBe(false);
  });

  test("a part of a chain only as a part of it", () => {
    const policy = saved(scene.text("a 1 && nice -n 5 b 2"));
    expect(allows(scene.text("a 1 && nice -n 5 b 2"), policy)).toBe(true);
    for (const text of ["a 1", "b 2", "a 1; nice -n 5 b 2", "a 1 && b 2", "nice -n 5 b 2 && a 1"]) {
      expect(allows(scene.text(text), policy)).toBe(false);
    }
  });

  test("a wrapper with its effect, a directory that was entered", () => {
    const policy = saved(scene.request(["timeout", "5", "a"]));
    expect(allows(scene.request(["timeout", "5", "a"]), policy)).toBe(true);
    expect(allows(scene.request(["a"]), policy)).toBe(false);
    expect(allows(scene.request(["timeout", "9", "a"]), policy)).toBe(false);
    const entered = saved(scene.text("cd ../bin && a"));
    expect(allows(scene.request(["a"], { cwd: scene.bin }), entered)).toBe(true);
    expect(allows(scene.request(["a"]), entered)).toBe(false);
  });

  test("a program under one of its names", () => {
    const policy = saved(scene.request(["cargo", "x"]));
    expect(allows(scene.request(["cargo", "x"]), policy)).toBe(true);
    expect(allows(scene.request(["rustc", "x"]), policy)).toBe(false);
    expect(allows(scene.request(["rustup", "x"]), policy)).toBe(false);
    expect(allows(scene.request(["cargo", "x"]), saved(scene.request(["rustup", "x"])))).toBe(false);
  });

  test("a directory whose name holds a backslash is not another one", () => {
    const odd = `${scene.cwd}\\x`;
    mkdirSync(odd);
    mkdirSync(`${scene.cwd}/x`);
    expect(approve(scene.request(["a"], { cwd: odd }), asking)).not.toHaveProperty("grant");
    const policy = saved(scene.request(["a"], { cwd: `${scene.cwd}/x` }));
    expect(allows(scene.request(["a"], { cwd: `${scene.cwd}/x` }), policy)).toBe(true);
    expect(allows(scene.request(["a"], { cwd: odd }), policy)).toBe(false);
  });

  test("a script and a program of one's own with their content", () => {
    const own = saved(scene.request(["own"]));
    const script = saved(scene.request(["sh", "run.sh", "1"]));
    expect(allows(scene.request(["sh", "run.sh", "1"]), script)).toBe(true);
    expect(allows(scene.request(["./run.sh", "1"]), script)).toBe(false);
    writeFileSync(`${scene.cwd}/run.sh`, "#!/bin/sh\nevil\n");
    writeFileSync(`${scene.bin}/own`, "#!/bin/sh\nevil\n");
    expect(allows(scene.request(["own"]), own)).toBe(false);
    expect(allows(scene.request(["sh", "run.sh", "1"]), script)).toBe(false);
    const again = prepareRun(scene.request(["own"]), own, scene.facts);
    expect(again.ok && again.result.allowAlwaysCoverage?.complete).toBe(false);
    // Approved again, the entry is renewed.
    const renewed = saved(scene.request(["own"]), own);
    expect(allows(scene.request(["own"]), renewed)).toBe(true);
    expect(renewed.kind === "ok" && renewed.json.agents?.["main"]?.allowlist).toHaveLength(2);
  });

  test("a system program without its content, so that it may be updated", () => {
    const policy = saved(scene.request(["/usr/bin/env", "ls", "-l"]));
    const entry = policy.kind === "ok" ? policy.json.agents?.["main"]?.allowlist?.[0] : undefined;
    expect(Object.keys(entry ?? {}).toSorted()).toEqual([
      "argPattern",
      "id",
      "lastUsedAt",
      "pattern",
      "source",
    ]);
  });
});

test.each<readonly [string | readonly string[]]>([
  [["node", "app.js"]],
  [["sudo", "a"]],
  [["git", "-c", "x=y", "log"]],
  [["st*r"]],
  ["a 1 && sudo b"],
  [["sed", "-n", "1p"]],
  ["true"],
])("%j saves nothing", (command) => {
  const request = typeof command === "string" ? scene.text(command) : scene.request(command);
  const always = policyOf([], { security: "full", ask: "always" });
  expect(approve(request, always)).toMatchObject({ outcome: "allow", reason: "approved" });
  expect(approve(request, always)).not.toHaveProperty("grant");
});

test("nothing is saved for agents that others share, nor where the owner does not want it", () => {
  for (const agentId of ["*", "default", undefined]) {
    expect(approve(scene.request(["a"], { agentId }), asking)).not.toHaveProperty("grant");
  }
  expect(approve(scene.request(["a"]), asking, { alwaysGrants: false })).not.toHaveProperty("grant");
});

describe("saving", () => {
  const grantOf = (policy: LoadedPolicy): NonNullable<Extract<Decision, { outcome: "allow" }>["grant"]> => {
    const decision = approve(scene.request(["a"]), policy);
    if (decision.outcome !== "allow" || decision.grant === undefined) throw new Error("no grant");
    return decision.grant;
  };

  test("keeps what is there, and replaces older generated entries", () => {
    const source = "allow-always";
    const policy = policyOf([
      { id: "1", pattern: `${scene.bin}/a`, source },
      { id: "2", pattern: `${scene.bin}/a`, source, argPattern: "sha256:argv:00" },
      { id: "3", pattern: `${scene.bin}/a`, argPattern: "^x$" },
      { id: "4", pattern: `${scene.bin}/b`, source },
    ]);
    const edit = grantAlways(policy, grantOf(policy), { now: 5 }, () => "new");
    const list = edit.ok && edit.policy.kind === "ok" ? edit.policy.json.agents?.["main"]?.allowlist : [];
    expect(list?.map(({ id }) => id)).toEqual(["3", "4", "new", "new"]);
    expect(list?.[3]).toEqual({
      id: "new",
      pattern: expect.stringMatching(/^=node-command:[0-9a-f]{16}$/u),
      source,
      lastUsedAt: 5,
    });
    const twice = edit.ok ? grantAlways(edit.policy, grantOf(edit.policy), { now: 6 }, () => "other") : edit;
    const after = twice.ok && twice.policy.kind === "ok" ? twice.policy.json.agents?.["main"]?.allowlist : [];
    expect(after?.map(({ id }) => id)).toEqual(["3", "4", "new", "new"]);
  });

  test("is refused when the policy is another one by then", () => {
    const grant = grantOf(asking);
    for (const policy of [
      policyOf([], { ask: "always" }),
      policyOf([], { security: "deny" }),
      policyOf([], {}, { deny: ["x"] }),
    ]) {
      expect(grantAlways(policy, grant, { now: 1 })).toMatchObject({ ok: false, code: "policy-changed" });
    }
    expect(grantAlways(loadPolicy("{"), grant, { now: 1 })).toMatchObject({ code: "policy-malformed" });
    const added = addAllowlistEntry(asking, { agent: "main", pattern: "/x", now: 1 });
    expect(added.ok && grantAlways(added.policy, grant, { now: 1 }).ok).toBe(true);
  });

  test("our own conditions stay off the wire", () => {
    const shown = projectPolicy(saved(scene.request(["a"])));
    expect(JSON.stringify(shown)).not.toContain("contentSha256");
    expect(shown.agents?.["main"]?.allowlist).toHaveLength(2);
  });
});
