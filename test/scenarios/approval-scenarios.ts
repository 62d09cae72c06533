import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario } from "./scenarios.ts";
import type { Json, World } from "./world.ts";

const AGENT = { agentId: "main", sessionKey: "agent:main:main" };

/** Prepares a command, asks for its approval and lets a second operator answer; resolves with what may then be run. */
async function approvedRun(
  world: World,
  nodeId: string,
  command: readonly string[],
  decision: string,
): Promise<Json> {
  const approver = await world.approver();
  const prepared = await world.invoke(nodeId, "system.run.prepare", {
    command,
    rawCommand: command.join(" "),
    ...AGENT,
  });
  assert.equal(prepared.ok, true, JSON.stringify(prepared));
  const { plan } = prepared.payload.payload;
  const { policySnapshot: _snapshot, ...bare } = plan;
  const request = await world.ask("exec.approval.request", {
    command: plan.commandText,
    commandArgv: plan.argv,
    cwd: plan.cwd,
    host: "node",
    nodeId,
    security: "allowlist",
    ask: "on-miss",
    ...AGENT,
    systemRunPlan: world.traits.planSnapshots ? plan : bare,
    twoPhase: true,
    timeoutMs: 30_000,
  });
  await approver.event("exec.approval.requested", (payload) => payload.id === request.id);
  const resolved = await approver.request("exec.approval.resolve", { id: request.id, decision });
  assert.equal(resolved.ok, true, JSON.stringify(resolved));
  return {
    command: plan.argv,
    rawCommand: plan.commandText,
    cwd: plan.cwd,
    ...AGENT,
    systemRunPlan: world.traits.planSnapshots ? plan : bare,
    runId: request.id,
    approved: true,
    approvalDecision: decision,
  };
}

export const approvalScenarios: readonly Scenario[] = [
  {
    name: "the policy is read and edited from the Gateway; a stale edit is refused and loses nothing",
    run: async (world) => {
      const { node, nodeId } = await world.readyNode();
      const before = await world.ask("exec.approvals.node.get", { nodeId });
      assert.equal(before.exists, true);
      assert.deepEqual(before.file.defaults, {
        security: "allowlist",
        ask: "on-miss",
        askFallback: "deny",
        autoAllowSkills: false,
      });
      await world.allow(nodeId, "/usr/bin/uptime");
      const after = await world.ask("exec.approvals.node.get", { nodeId });
      assert.notEqual(after.hash, before.hash);
      assert.equal(after.file.agents["*"].allowlist[0].pattern, "/usr/bin/uptime");
      const stale = await world.tell("exec.approvals.node.set", {
        nodeId,
        file: before.file,
        baseHash: before.hash,
      });
      assert.equal(stale.ok, false);
      assert.match(JSON.stringify(stale.error), /changed; reload and retry/u);
      const onDisk = JSON.parse(readFileSync(join(node.stateDir, "exec-approvals.json"), "utf8")) as {
        agents: unknown;
      };
      assert.match(JSON.stringify(onDisk.agents), /\/usr\/bin\/uptime/u);
    },
  },
  {
    name: "prepare binds a command; an approved plan runs once and only as it was shown",
    applies: (traits) => traits.prepare,
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      const command = ["id", "-u"];
      const refused = await world.invoke(nodeId, "system.run", { command, ...AGENT });
      assert.match(
        refused.error?.message ?? "",
        /SYSTEM_RUN_DENIED: approval required/u,
        JSON.stringify(refused),
      );
      const run = await approvedRun(world, nodeId, command, "allow-once");
      const good = await world.invoke(nodeId, "system.run", run);
      assert.equal(good.payload?.payload.stdout, `${process.getuid?.() ?? ""}\n`, JSON.stringify(good));
      const again = await world.invoke(nodeId, "system.run", run);
      assert.equal(again.ok, false, "an approval is for one run");
    },
  },
  {
    name: "allow-always is kept for exactly these arguments, and asks for others",
    applies: (traits) => traits.prepare,
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      const run = await approvedRun(world, nodeId, ["id", "-u"], "allow-always");
      const first = await world.invoke(nodeId, "system.run", run);
      assert.equal(first.ok, true, JSON.stringify(first));
      const {
        runId: _run,
        approved: _approved,
        approvalDecision: _decision,
        systemRunPlan: _plan,
        ...plain
      } = run;
      const again = await world.invoke(nodeId, "system.run", plain);
      assert.equal(again.payload?.payload.stdout, first.payload.payload.stdout, JSON.stringify(again));
      const other = await world.invoke(nodeId, "system.run", {
        command: ["id", "-g"],
        cwd: run.cwd,
        ...AGENT,
      });
      assert.match(
        other.error?.message ?? "",
        /SYSTEM_RUN_DENIED: approval required/u,
        JSON.stringify(other),
      );
      const { file } = await world.ask("exec.approvals.node.get", { nodeId });
      assert.match(JSON.stringify(file.agents.main.allowlist), /sha256:cwd-argv:v1:/u);
    },
  },
  {
    name: "an approval does not lift security=deny",
    applies: (traits) => traits.prepare,
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      const run = await approvedRun(world, nodeId, ["id", "-u"], "allow-once");
      const { file, hash } = await world.ask("exec.approvals.node.get", { nodeId });
      const denied = { ...file, defaults: { ...file.defaults, security: "deny" } };
      await world.ask("exec.approvals.node.set", { nodeId, file: denied, baseHash: hash });
      const answer = await world.invoke(nodeId, "system.run", run);
      assert.equal(answer.ok, false);
      assert.match(
        answer.error.message,
        /SYSTEM_RUN_(DISABLED: security=deny|DENIED: exec approval policy changed)/u,
      );
    },
  },
  {
    name: "an approved run without a plan is refused, and allowed where the owner says so",
    applies: (traits) => !traits.prepare,
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      world.removeAtEnd(stateDir);
      const { node, nodeId } = await world.readyNode({ stateDir });
      const approved = { command: ["id", "-u"], approved: true, approvalDecision: "allow-once" };
      const refused = await world.invoke(nodeId, "system.run", approved);
      assert.equal(refused.ok, false);
      assert.match(refused.error.message, /legacyApprovals/u);
      const file = join(node.stateDir, "node.json");
      const settings = JSON.parse(readFileSync(file, "utf8")) as object;
      assert.equal(await node.stop(), 0);
      writeFileSync(file, JSON.stringify({ ...settings, legacyApprovals: true }), { mode: 0o600 });
      const next = world.startNode({ stateDir });
      await next.line(/connected to the Gateway/u);
      await world.approveSurface(nodeId);
      const good = await world.invoke(nodeId, "system.run", approved);
      assert.equal(good.payload?.payload.stdout, `${process.getuid?.() ?? ""}\n`, JSON.stringify(good));
    },
  },
];
