import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "./node-process.ts";
import type { Scenario } from "./scenarios.ts";
import { nodeIdOf, until, type Json, type World } from "./world.ts";

const NARROW = ["--commands", "system.which"];
const WAITS = /came on top of what was approved/u;
const ASKED_ONCE = /asks only once and has not approved system\.run/u;

async function takenCommands(world: World, nodeId: string): Promise<readonly string[]> {
  const { nodes } = await world.ask("node.list");
  const node = nodes.find((item: Json) => item.nodeId === nodeId);
  return node?.connected === true ? node.commands : [];
}

async function pendingOf(world: World, nodeId: string): Promise<Json> {
  if (world.traits.surfaceApproval === "none") return undefined;
  const { pending } = await world.ask("node.pair.list");
  return pending.find((item: Json) => item.nodeId === nodeId);
}

/** Approves what waits; resolves when the Gateway takes this command. */
async function approved(world: World, nodeId: string, command: string): Promise<void> {
  await until(async () => {
    const request = await pendingOf(world, nodeId);
    if (request !== undefined) await world.tell("node.pair.approve", { requestId: request.requestId });
    return (await takenCommands(world, nodeId)).includes(command) ? true : undefined;
  }, `${command} of ${nodeId}`);
}

async function commandsShown(stateDir: string): Promise<Json> {
  const { stdout } = await runCli(["node", "status", "--json"], { stateDir });
  return JSON.parse(stdout).commands;
}

export const surfaceScenarios: readonly Scenario[] = [
  {
    name: "a narrowed surface: nothing else is offered or answered; wider needs an approval, narrower none",
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      try {
        await narrowed(world, stateDir);
        await widened(world, stateDir);
        const again = world.startNode({ stateDir, args: NARROW });
        await again.line(/connected to the Gateway/u);
        const nodeId = nodeIdOf(again);
        await until(async () => {
          const taken = await takenCommands(world, nodeId);
          return taken.length === 1 && taken[0] === "system.which" ? true : undefined;
        }, "the narrower surface");
        const left = await pendingOf(world, nodeId);
        if (world.traits.fewerCapsAsk) {
          // The browser's is gone.
          assert.deepEqual(left?.caps, ["system"]);
          assert.deepEqual(left.commands, ["system.which"], "a narrower surface asks for nothing more");
        } else assert.equal(left, undefined, "a narrower surface asks nobody");
        assert.equal((await world.invoke(nodeId, "system.which", { bins: ["sh"] })).ok, true);
        await again.stop();
      } finally {
        rmSync(stateDir, { recursive: true, force: true });
      }
    },
  },
];

async function narrowed(world: World, stateDir: string): Promise<void> {
  const node = world.startNode({ stateDir, args: NARROW });
  await node.line(/offering only system\.which; left out: system\.run/u);
  await node.line(/connected to the Gateway/u);
  const nodeId = nodeIdOf(node);
  await approved(world, nodeId, "system.which");
  assert.deepEqual(await takenCommands(world, nodeId), ["system.which"]);
  assert.equal((await world.invoke(nodeId, "system.which", { bins: ["sh"] })).ok, true);
  const run = await world.invoke(nodeId, "system.run", { command: ["uname"] });
  assert.equal(run.ok, false);
  // Some Gateways send this one without asking what was declared.
  const policy = await world.tell("exec.approvals.node.get", { nodeId });
  assert.match(policy.error?.message ?? "", /command not supported|not allowed/u);
  if (world.traits.surfaceApproval !== "none") await node.line(/approved this node's commands/u);
  await node.stop();
}

async function widened(world: World, stateDir: string): Promise<void> {
  const node = world.startNode({ stateDir, args: ["--all-commands"] });
  await node.line(/connected to the Gateway/u);
  const nodeId = nodeIdOf(node);
  const { surfaceApproval } = world.traits;
  if (surfaceApproval !== "none") {
    await node.line(surfaceApproval === "live" ? WAITS : ASKED_ONCE);
    assert.deepEqual(await takenCommands(world, nodeId), ["system.which"]);
    const { declared, approved: taken } = await commandsShown(stateDir);
    assert.ok(declared.includes("system.run"));
    assert.deepEqual(taken, ["system.which"]);
  }
  if (surfaceApproval !== "on-reconnect") {
    await approved(world, nodeId, "system.run");
    const answer = await world.invoke(nodeId, "system.run", { command: ["uname"] });
    assert.match(answer.error?.message ?? "", /SYSTEM_RUN_DENIED/u);
    if (surfaceApproval === "live") await node.line(/approved this node's commands/u);
    assert.deepEqual((await commandsShown(stateDir)).approved.includes("system.run"), true);
  }
  await node.stop();
}
