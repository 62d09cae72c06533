import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario } from "./scenarios.ts";
import { nodeIdOf, until, type Json, type World } from "./world.ts";

async function removeNode(world: World, nodeId: string): Promise<void> {
  if (world.traits.nodeRemove) await world.ask("node.pair.remove", { nodeId });
  else await world.ask("device.pair.remove", { deviceId: nodeId });
}

export const pairingScenarios: readonly Scenario[] = [
  {
    name: "pairs on loopback and goes on by itself after the approval",
    run: async (world) => {
      const { node, nodeId } = await world.readyNode({ args: ["--display-name", "scenario node"] });
      const answer = await world.invoke(nodeId, "system.which", { bins: ["sh"] });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      const described = await world.ask("node.describe", { nodeId });
      assert.equal(described.displayName, "scenario node");
      assert.ok(described.commands.includes("system.run"));
      if (world.traits.surfaceApproval !== "none") await node.line(/approved this node's commands/u);
    },
  },
  {
    name: "pairs as a remote machine: says what to type, keeps waiting, goes on by itself",
    run: async (world) => {
      const proxy = await world.remoteProxy();
      const node = world.startNode({ port: proxy.port });
      await node.line(/openclaw devices approve [0-9a-f-]{36}/u);
      const nodeId = nodeIdOf(node);
      const { pending } = await world.ask("device.pair.list");
      const request = pending.find((item: Json) => item.deviceId === nodeId);
      assert.ok(node.output().includes(request.requestId), "the line names the Gateway's own request id");
      await world.ask("device.pair.approve", { requestId: request.requestId });
      await node.line(/connected to the Gateway/u);
      await world.approveSurface(nodeId);
      const answer = await world.invoke(nodeId, "system.which", { bins: ["sh"] });
      assert.equal(answer.ok, true, JSON.stringify(answer));
    },
  },
  {
    name: "a restarted node uses its pairing again, also without the shared token",
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      try {
        const first = await world.readyNode({ stateDir });
        assert.equal(await first.node.stop(), 0);
        const second = world.startNode({ stateDir, env: { OPENCLAW_GATEWAY_TOKEN: "" } });
        await second.line(/connected to the Gateway/u);
        assert.equal(nodeIdOf(second), first.nodeId);
        const answer = await until(async () => {
          const tried = await world.invoke(first.nodeId, "system.which", { bins: ["sh"] });
          return tried.ok ? tried : undefined;
        }, "an invoke after the node's restart");
        assert.equal(answer.ok, true);
        await second.stop();
      } finally {
        rmSync(stateDir, { recursive: true, force: true });
      }
    },
  },
  {
    name: "rename is taken, and shows where the era shows it",
    applies: (traits) => traits.nodeRename,
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      await world.ask("node.rename", { nodeId, displayName: "renamed here" });
      const { nodes } = await world.ask("node.list");
      const shown = nodes.find((item: Json) => item.nodeId === nodeId).displayName;
      assert.equal(shown === "renamed here", world.traits.renameShows, shown);
    },
  },
  {
    name: "a removed node asks again and can be approved again",
    applies: (traits) => traits.nodeRemove || traits.deviceRemove,
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      world.removeAtEnd(stateDir);
      const { node, nodeId } = await world.readyNode({ stateDir });
      await removeNode(world, nodeId);
      // Some Gateways close the link, some only empty the session; either way the commands go first.
      await until(async () => {
        const { nodes } = await world.ask("node.list");
        const listed = nodes.find((item: Json) => item.nodeId === nodeId);
        return listed?.connected === true && listed.commands.length > 0 ? undefined : true;
      }, "the removal to show");
      if (!world.traits.removalCloses) {
        await node.stop();
        world.startNode({ stateDir });
      }
      await world.approveSurface(nodeId);
      const answer = await world.invoke(nodeId, "system.which", { bins: ["sh"] });
      assert.equal(answer.ok, true, JSON.stringify(answer));
    },
  },
];
