import { describe, expect, test } from "vitest";
import type { Client, Json } from "./testing/client.test.support.ts";
import { startScene, type Scene } from "./testing/scene.test.support.ts";

const PLAN = {
  argv: ["/usr/bin/echo", "hi"],
  cwd: "/tmp",
  commandText: "/usr/bin/echo hi",
  commandPreview: null,
  agentId: "main",
  sessionKey: "s1",
};
const SNAPSHOT = {
  security: "allowlist",
  ask: "on-miss",
  askFallback: "deny",
  autoAllowSkills: false,
  allowlistRules: [],
};
const RUN = { command: PLAN.argv, cwd: "/tmp", agentId: "main", sessionKey: "s1", approved: true };

function question(node: Client, more: object = {}): object {
  return {
    host: "node",
    nodeId: node.identity?.id,
    command: PLAN.commandText,
    systemRunPlan: PLAN,
    twoPhase: true,
    ...more,
  };
}

/** An operator who can answer, as a client that says it handles approvals. */
function approver(scene: Scene): Promise<Client> {
  return scene.join({ role: "operator", caps: ["approvals"] });
}

async function asked(scene: Scene, node: Client, more: object = {}): Promise<string> {
  const answer = await scene.operator.request("exec.approval.request", question(node, more));
  expect(answer.payload.status, JSON.stringify(answer)).toBe("accepted");
  return answer.payload.id;
}

describe("a question in two steps", () => {
  test("is shown, answered, waited for, and lets one run through with the approved plan", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params);
    const decider = await approver(scene);
    const systemRunPlan = { ...PLAN, policySnapshot: SNAPSHOT };
    const id = await asked(scene, node, { systemRunPlan });
    expect(await decider.event("exec.approval.requested")).toMatchObject({ id, request: { systemRunPlan } });
    expect((await decider.request("exec.approval.list", {})).payload[0]).toMatchObject({ id });
    expect((await decider.request("exec.approval.get", { id })).payload).toMatchObject({
      id,
      commandText: PLAN.commandText,
      host: "node",
    });
    const waiting = scene.operator.request("exec.approval.waitDecision", { id });
    expect((await decider.request("exec.approval.resolve", { id, decision: "allow-once" })).payload).toEqual({
      ok: true,
    });
    expect((await waiting).payload).toMatchObject({ id, decision: "allow-once", terminalReason: "user" });
    expect(await decider.event("exec.approval.resolved")).toMatchObject({ id, decision: "allow-once" });
    const run = await scene.invoke(node, "system.run", {
      ...RUN,
      command: ["/bin/other"],
      cwd: "/",
      runId: id,
    });
    expect(run.payload.payload).toEqual({
      command: PLAN.argv,
      rawCommand: PLAN.commandText,
      cwd: "/tmp",
      agentId: "main",
      sessionKey: "s1",
      runId: id,
      systemRunPlan,
      approved: true,
      approvalDecision: "allow-once",
    });
    const again = await scene.invoke(node, "system.run", { ...RUN, runId: id });
    expect(again.error).toMatchObject({
      message: "approval required",
      details: { code: "APPROVAL_REQUIRED", runId: id },
    });
  });

  test("allowed for always lets more than one run through", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params.approvalDecision);
    await approver(scene);
    const id = await asked(scene, node);
    await scene.operator.request("exec.approval.resolve", { id, decision: "allow-always" });
    for (let count = 0; count < 2; count += 1) {
      // The decision is the recorded one, whatever the caller claims.
      const run = await scene.invoke(node, "system.run", {
        ...RUN,
        runId: id,
        approvalDecision: "allow-once",
      });
      expect(run.payload.payload).toBe("allow-always");
    }
  });

  test.each([
    ["denied", "deny"],
    ["still open", undefined],
  ])("that is %s lets nothing through", async (_name, decision) => {
    await using scene = await startScene();
    const node = await scene.node();
    await approver(scene);
    const id = await asked(scene, node);
    if (decision !== undefined) await scene.operator.request("exec.approval.resolve", { id, decision });
    const refused = await scene.invoke(node, "system.run", { ...RUN, runId: id });
    expect(refused.error.details.code).toBe("APPROVAL_REQUIRED");
    expect(node.events("node.invoke.request")).toEqual([]);
  });

  test.each([
    ["another node", "APPROVAL_NODE_MISMATCH"],
    ["another operator", "APPROVAL_DEVICE_MISMATCH"],
    ["another environment", "APPROVAL_ENV_BINDING_MISSING"],
  ])("holds for %s as little", async (who, code) => {
    await using scene = await startScene();
    const node = await scene.node();
    await approver(scene);
    const id = await asked(scene, node);
    await scene.operator.request("exec.approval.resolve", { id, decision: "allow-once" });
    const target = who === "another node" ? await scene.node() : node;
    const caller = who === "another operator" ? await scene.join({ role: "operator" }) : scene.operator;
    const params = { ...RUN, runId: id, ...(who === "another environment" ? { env: { A: "b" } } : {}) };
    const call = { nodeId: target.identity?.id, command: "system.run", params, idempotencyKey: "x" };
    expect((await caller.request("node.invoke", call)).error.details).toMatchObject({ code, runId: id });
  });

  test("binds the environment that was asked about", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params.env);
    await approver(scene);
    const id = await asked(scene, node, { env: { A: "b" } });
    await scene.operator.request("exec.approval.resolve", { id, decision: "allow-always" });
    const run = (env: unknown): Promise<Json> => scene.invoke(node, "system.run", { ...RUN, runId: id, env });
    expect((await run({ A: "c" })).error.details.code).toBe("APPROVAL_ENV_MISMATCH");
    expect((await run({ A: "b", C: "d" })).error.details.code).toBe("APPROVAL_ENV_MISMATCH");
    expect((await run({ A: "b" })).payload.payload).toEqual({ A: "b" });
  });

  test("that nobody answered in time ends so, and the node may decide alone", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params);
    await approver(scene);
    const id = await asked(scene, node, { timeoutMs: 20 });
    const ended = await scene.operator.request("exec.approval.waitDecision", { id });
    expect(ended.payload).toMatchObject({ decision: null, terminalReason: "timeout" });
    const refused = await scene.invoke(node, "system.run", { ...RUN, runId: id });
    expect(refused.error.details.code).toBe("APPROVAL_REQUIRED");
    const { approved: _approved, ...plain } = RUN;
    const run = await scene.invoke(node, "system.run", {
      ...plain,
      runId: id,
      approvalSource: "ask-fallback",
    });
    expect(run.payload.payload).toMatchObject({ approvalSource: "ask-fallback", systemRunPlan: PLAN });
    expect(run.payload.payload).not.toHaveProperty("approved");
  });

  test("answered a second time says what became of the first", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    await approver(scene);
    const id = await asked(scene, node);
    const resolve = (decision: string) => scene.operator.request("exec.approval.resolve", { id, decision });
    expect((await resolve("allow-once")).ok).toBe(true);
    expect((await resolve("allow-once")).ok).toBe(true);
    expect((await resolve("deny")).error.details.reason).toBe("APPROVAL_ALREADY_RESOLVED");
    const taken = await scene.operator.request("exec.approval.request", question(node, { id }));
    expect(taken.error.message).toBe("approval id already pending");
  });
});

describe("who can answer", () => {
  test("in the newest era is a client that says so; without one the question ends at once", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    await scene.join({ role: "operator" });
    const ask = (more: object = {}): Promise<Json> =>
      scene.operator.request("exec.approval.request", question(node, more));
    const nobody = await ask();
    expect(nobody.payload).toMatchObject({ decision: null });
    expect(nobody.payload).not.toHaveProperty("status");
    const ended = await scene.operator.request("exec.approval.waitDecision", { id: nobody.payload.id });
    expect(ended.payload.terminalReason).toBe("no-route");
    expect((await ask({ requireDeliveryRoute: false })).payload).toMatchObject({
      status: "accepted",
      deliveryRoute: "none",
    });
    await scene.join({ role: "operator", caps: ["exec-approvals"], scopes: ["operator.approvals"] });
    expect((await ask()).payload).not.toHaveProperty("status");
    await scene.join({ role: "operator", caps: ["exec-approvals"] });
    expect((await ask()).payload).toMatchObject({ status: "accepted", deliveryRoute: "approval-client" });
  });

  test("before is any other operator with the scope, and nobody is needed in the oldest", async () => {
    await using june = await startScene({ era: "2026.6" });
    const node = await june.node();
    const ask = (): Promise<Json> => june.operator.request("exec.approval.request", question(node));
    expect((await ask()).payload).not.toHaveProperty("status");
    const other = await june.join({ role: "operator" });
    expect((await ask()).payload).toMatchObject({ status: "accepted" });
    expect(await other.event("exec.approval.requested")).toMatchObject({
      request: { command: PLAN.commandText },
    });
    expect(june.operator.events("exec.approval.requested")).toEqual([]);
    await using old = await startScene({ era: "2026.2" });
    const open = old.operator.request("exec.approval.request", { command: "echo" });
    const { id } = await old.operator.event("exec.approval.requested");
    await old.operator.request("exec.approval.resolve", { id, decision: "deny" });
    expect((await open).payload).toMatchObject({ id, decision: "deny" });
  });

  test("must hold the scope", async () => {
    await using scene = await startScene();
    const weak = await scene.join({ role: "operator", scopes: ["operator.write"] });
    for (const method of ["exec.approval.list", "exec.approval.request", "exec.approval.resolve"]) {
      expect((await weak.request(method, {})).error.details.missingScope).toBe("operator.approvals");
    }
  });
});

test("a plan with a policy snapshot is an unknown field before the newest era", async () => {
  await using scene = await startScene({ era: "2026.6" });
  const node = await scene.node();
  const systemRunPlan = { ...PLAN, policySnapshot: SNAPSHOT };
  const refused = await scene.operator.request("exec.approval.request", question(node, { systemRunPlan }));
  expect(refused.error.message).toBe(
    "invalid exec.approval.request params: at /systemRunPlan: unexpected property 'policySnapshot'",
  );
});

test("in 2026.6 an approval ends with its time even when it was given", async () => {
  let now = Date.now();
  await using scene = await startScene({ era: "2026.6", clock: () => now });
  const node = await scene.node();
  await scene.join({ role: "operator" });
  const id = await asked(scene, node, { timeoutMs: 60_000 });
  await scene.operator.request("exec.approval.resolve", { id, decision: "allow-always" });
  now += 60_001;
  const refused = await scene.invoke(node, "system.run", { ...RUN, runId: id });
  expect(refused.error).toMatchObject({ message: "approval expired", details: { code: "APPROVAL_EXPIRED" } });
});
