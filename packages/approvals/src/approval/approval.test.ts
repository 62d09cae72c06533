import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { SystemRunPlan } from "@openclaw/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DecideOptions } from "../decide.ts";
import type { Decision } from "../decision.ts";
import { explain } from "../explain.ts";
import type { LoadedPolicy } from "../policy/document.ts";
import type { RunRequest } from "../request.ts";
import { makeScene, policyOf, type Scene } from "../testing/scene.test.support.ts";
import { prepareRun, type PrepareCaller } from "./prepare.ts";
import { PreparedPlans } from "./prepared-plans.ts";

let scene: Scene;
let prepared: PreparedPlans;
const policy = policyOf([]);
beforeEach(() => {
  scene = makeScene();
  prepared = new PreparedPlans();
  for (const name of ["a", "b", "python3", "rustup"]) scene.program(`bin/${name}`);
  scene.link("rustup", "bin/cargo");
  writeFileSync(`${scene.cwd}/x.py`, "1\n");
});
afterEach(() => {
  scene.remove();
});

/** Prepares a request and gives the approved run that a Gateway sends for it. */
function approve(request: RunRequest, current: LoadedPolicy = policy, caller?: PrepareCaller): RunRequest {
  const answer = prepareRun(request, current, scene.facts, caller);
  if (!answer.ok) throw new Error(answer.message);
  prepared.add(answer.prepared);
  const { plan } = answer.result;
  return {
    ...request,
    argv: plan.argv,
    cwd: plan.cwd ?? undefined,
    rawCommand: plan.commandText,
    approved: true,
    approvalDecision: "allow-once",
    plan,
  };
}
const run = (request: RunRequest, options: DecideOptions = {}, current: LoadedPolicy = policy): Decision =>
  scene.decide(request, current, { prepared, ...options });
const reasonOf = (decision: Decision): string => `${decision.outcome} ${decision.reason}`;

describe("an approval", () => {
  test("lets exactly the prepared run through, once", () => {
    const request = approve(scene.request(["a", "x"]));
    expect(run(request)).toMatchObject({
      outcome: "allow",
      reason: "approved",
      rule: { kind: "approval", decision: "allow-once" },
      plan: { executable: `${scene.bin}/a`, argv: ["a", "x"] },
      uses: [],
    });
    expect(reasonOf(run(request))).toBe("deny approval-unknown-plan");
    expect(run(request).view?.segments[0]?.covered).toBe(false);
  });

  test("covers a plain chain, program by program", () => {
    const request = approve(scene.text("a x && b | b"));
    expect(request.argv).toEqual(["/bin/sh", "-lc", "a x && b | b"]);
    expect(run(request)).toMatchObject({
      outcome: "allow",
      plan: { argv: ["/usr/bin/dash", "-c", `'${scene.bin}/a' 'x' && '${scene.bin}/b' | '${scene.bin}/b'`] },
    });
  });

  test("keeps the name under which a program was asked for", () => {
    const request = approve(scene.request(["cargo", "test"]));
    expect(request.argv[0]).toBe(`${scene.bin}/cargo`);
    expect(run(request)).toMatchObject({ outcome: "allow", plan: { argv: ["cargo", "test"] } });
  });

  test.each<readonly [string, (request: RunRequest, plan: SystemRunPlan) => Partial<RunRequest>]>([
    ["other arguments", ({ argv }) => ({ argv: [argv[0] ?? "", "y"], rawCommand: undefined })],
    ["another directory", () => ({ cwd: "/tmp" })],
    ["no directory", () => ({ cwd: undefined })],
    ["another agent", () => ({ agentId: "other" })],
    ["another session", () => ({ sessionKey: "other" })],
    ["no plan", () => ({ plan: undefined })],
    ["another text in the plan", (_request, plan) => ({ plan: { ...plan, commandText: "a" } })],
  ])("is refused with %s", (_name, change) => {
    const request = approve(scene.request(["a", "x"]));
    if (request.plan === undefined) throw new Error("no plan");
    const decision = run({ ...request, ...change(request, request.plan) });
    expect(decision).toMatchObject({
      outcome: "invalid",
      message: "explicit approval requires matching systemRunPlan",
    });
  });

  test("without the table, or after a restart, is refused", () => {
    const request = approve(scene.request(["a"]));
    for (const options of [{}, { prepared: new PreparedPlans() }]) {
      expect(reasonOf(scene.decide(request, policy, options))).toBe("deny approval-unknown-plan");
    }
    const bare = { ...request, plan: request.plan && { ...request.plan, policySnapshot: undefined } };
    expect(reasonOf(scene.decide(bare, policy))).toBe("invalid snapshot-missing");
    expect(reasonOf(run(bare))).toBe("allow approved");
  });

  test("never lifts security deny, and does not survive a change of policy", () => {
    const request = approve(scene.request(["a"]));
    expect(reasonOf(run(request, {}, policyOf([], { security: "deny" })))).toBe("deny security-deny");
    expect(reasonOf(run(request, {}, policyOf([], { ask: "always" })))).toBe("deny policy-changed");
    // More entries, or an entry that lets it through anyway, are no reason to refuse.
    expect(reasonOf(run(request, {}, policyOf(["b"])))).toBe("allow approved");
    expect(reasonOf(run(request, {}, policyOf([`${scene.bin}/a`])))).toBe("allow listed");
  });

  test("counts only where the owner lets the operator approve", () => {
    const request = approve(scene.request(["a"]));
    expect(reasonOf(run(request, { gatewayApprovals: false }))).toBe("ask not-listed");
    expect(prepared.size).toBe(1);
  });

  test("of the owner at the node counts whatever binds the Gateway, and needs its plan all the same", () => {
    const bound = { gatewayApprovals: false, legacyApprovals: true, alwaysGrants: false } as const;
    const owner = { ...bound, approver: "owner" } as const;
    const request = { ...approve(scene.request(["a"])), approvalDecision: "allow-always" } as const;
    expect(reasonOf(run({ ...request, plan: undefined }, owner))).toBe("invalid approval-needs-plan");
    expect(reasonOf(run(request, { ...owner, prepared: new PreparedPlans() }))).toBe(
      "deny approval-unknown-plan",
    );
    const decision = run(request, owner);
    expect(decision).toMatchObject({
      outcome: "allow",
      rule: { kind: "approval", decision: "allow-always", by: "owner" },
      grant: { agent: "main", entries: [{ pattern: `${scene.bin}/a` }, {}] },
    });
    expect(explain(decision, "main").sentence).toContain("the answer of the owner at the node");
    const again = { ...approve(scene.request(["a"])), approvalDecision: "allow-always" } as const;
    expect(run(again, { alwaysGrants: false })).not.toHaveProperty("grant");
  });

  test("without a plan counts only where the owner allowed that", () => {
    const request = scene.text("a > f", { approved: true });
    expect(reasonOf(run(request))).toBe("invalid approval-needs-plan");
    expect(run(request, { legacyApprovals: true })).toMatchObject({
      outcome: "allow",
      rule: { kind: "approval", decision: "legacy" },
      plan: { argv: ["/bin/sh", "-lc", "a > f"] },
    });
    const nothing = scene.request(["no-such"], { approved: true });
    expect(reasonOf(run(nothing, { legacyApprovals: true }))).toBe("deny executable-unresolved");
  });
});

describe("what changed since the approval was asked for is found", () => {
  test("the program", () => {
    const request = approve(scene.text("a && b"));
    writeFileSync(`${scene.bin}/b`, "#!/bin/sh\necho 2\n");
    expect(reasonOf(run(request))).toBe("deny file-changed");
  });

  test("the search", () => {
    const request = approve(scene.text("python3 x.py"));
    scene.program("shadow/python3");
    const shadowed = {
      ...scene.facts,
      pathEnv: `${scene.root}/shadow:${scene.facts.pathEnv}`,
    };
    expect(reasonOf(scene.decide(request, policy, { prepared }, shadowed))).toBe("deny file-changed");
    expect(reasonOf(run(request))).toBe("allow approved");
  });

  test("the script", () => {
    const request = approve(scene.request(["python3", "x.py"]));
    expect(request.plan?.mutableFileOperand).toMatchObject({ argvIndex: 1, path: `${scene.cwd}/x.py` });
    const plan = request.plan && { ...request.plan, mutableFileOperand: undefined };
    expect(reasonOf(run({ ...request, plan }))).toBe("deny operand-missing");
    writeFileSync(`${scene.cwd}/x.py`, "2\n");
    expect(reasonOf(run(request))).toBe("deny file-changed");
  });

  test("the directory", () => {
    const request = approve(scene.request(["a"]));
    renameSync(scene.cwd, `${scene.root}/moved`);
    scene.program("work/other");
    expect(reasonOf(run(request))).toBe("deny cwd-changed");
    rmSync(scene.cwd, { recursive: true });
    expect(reasonOf(run(request))).toBe("deny cwd-missing");
  });

  test("the environment, where the Gateway sent it with the prepare", () => {
    const caller = { security: "allowlist", ask: "on-miss" } as const;
    const other = { env: { PATH: "x" } };
    const sent = approve(scene.request(["a"]), policy, caller);
    expect(reasonOf(run({ ...sent, ...other }))).toBe("deny environment-changed");
    const unsent = approve(scene.request(["a"]));
    expect(reasonOf(run({ ...unsent, ...other }))).toBe("allow approved");
  });
});

describe("sources of approval", () => {
  const claim = (approvalSource: string, more: Partial<RunRequest> = {}): string => {
    const { approved: _approved, approvalDecision: _decision, ...request } = approve(scene.request(["a"]));
    const decision = run({ ...request, approved: false, approvalSource, ...more });
    return decision.outcome === "invalid" ? decision.message : reasonOf(decision);
  };

  test("only the two known ones, alone, with a plan", () => {
    expect(claim("operator")).toBe("approvalSource invalid");
    expect(claim("auto-review", { approved: true })).toBe(
      "approvalSource cannot be combined with explicit approval",
    );
    expect(claim("ask-fallback", { plan: undefined })).toBe("approvalSource requires matching systemRunPlan");
    expect(claim("auto-review")).toBe("allow approved");
  });

  test("ask-fallback is the owner's own fallback, and no more", () => {
    expect(claim("ask-fallback")).toBe("deny security-deny");
    const fallback = (security: string, askFallback: string, list: readonly string[]): string => {
      const current = policyOf(list, { security, ask: "always", askFallback });
      const request = approve(scene.request(["a"]), current);
      const asked = { ...request, approved: false, approvalDecision: undefined };
      return reasonOf(run({ ...asked, approvalSource: "ask-fallback" }, {}, current));
    };
    expect(fallback("full", "full", [])).toBe("allow full");
    expect(fallback("allowlist", "full", [])).toBe("deny not-listed");
    expect(fallback("full", "allowlist", [`${scene.bin}/a`])).toBe("allow listed");
  });
});
