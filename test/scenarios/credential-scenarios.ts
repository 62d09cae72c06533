import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "./scenarios.ts";
import { nodeIdOf, until, type World } from "./world.ts";

const REMOVED = /code 4001, device removed/u;
const APPROVE = /openclaw devices approve ([0-9a-f-]{36})/u;
const NO_SHARED_TOKEN = { env: { OPENCLAW_GATEWAY_TOKEN: "" } };

/** The device token that the node has kept. */
function keptToken(stateDir: string): string | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, "identity", "device-auth.json"), "utf8")).tokens.node
      ?.token;
  } catch {
    return undefined;
  }
}

/** Resolves when there is one that is not this. */
async function otherToken(stateDir: string, before?: string): Promise<string> {
  return await until(async () => {
    const now = keptToken(stateDir);
    return now !== undefined && now !== before ? now : undefined;
  }, "a device token");
}

export async function works(world: World, nodeId: string): Promise<void> {
  await until(async () => {
    const answer = await world.invoke(nodeId, "system.which", { bins: ["sh"] });
    return answer.ok ? true : undefined;
  }, `an answer of ${nodeId}`);
}

export const credentialScenarios: readonly Scenario[] = [
  {
    name: "a device token is rotated: the shared one brings the new one, with which alone it connects later",
    run: async (world) => {
      const stateDir = world.newStateDir();
      const { node, nodeId } = await world.readyNode({ stateDir });
      const before = await otherToken(stateDir);
      await world.ask("device.token.rotate", { deviceId: nodeId, role: "node" });
      if (world.traits.tokenChangesClose) {
        await node.line(REMOVED);
        await otherToken(stateDir, before);
      }
      await works(world, nodeId);
      await node.stop();
      if (!world.traits.tokenChangesClose) {
        // Nobody has told it yet.
        const told = world.startNode({ stateDir });
        await otherToken(stateDir, before);
        await told.stop();
      }
      const again = world.startNode({ stateDir, ...NO_SHARED_TOKEN });
      await again.line(/connected to the Gateway/u);
      assert.equal(nodeIdOf(again), nodeId);
      await works(world, nodeId);
    },
  },
  {
    name: "a device token is rotated and there is no shared one: it waits for a person and asks rarely",
    applies: (traits) => traits.tokenChangesClose,
    run: async (world) => {
      const stateDir = world.newStateDir();
      const first = await world.readyNode({ stateDir });
      await first.node.stop();
      const node = world.startNode({ stateDir, ...NO_SHARED_TOKEN });
      await node.line(/connected to the Gateway/u);
      await world.ask("device.token.rotate", { deviceId: first.nodeId, role: "node" });
      await node.line(/a person has to mend this; trying again in 5 min/u);
      assert.equal(node.child.exitCode, null, "it stays");
      assert.equal(await node.stop(), 0);
      const again = world.startNode({ stateDir });
      await again.line(/connected to the Gateway/u);
      await works(world, first.nodeId);
    },
  },
  {
    name: "a device token is revoked: it waits to be approved again and goes on by itself",
    run: async (world) => {
      const stateDir = world.newStateDir();
      const { node, nodeId } = await world.readyNode({ stateDir });
      const before = await otherToken(stateDir);
      await world.ask("device.token.revoke", { deviceId: nodeId, role: "node" });
      if (world.traits.tokenChangesClose) {
        await node.line(REMOVED);
        const requestId = APPROVE.exec(await node.line(APPROVE))?.[1];
        await world.ask("device.pair.approve", { requestId });
        await world.approveSurface(nodeId);
      } else {
        await works(world, nodeId);
        await node.stop();
        world.startNode({ stateDir });
      }
      await works(world, nodeId);
      await otherToken(stateDir, before);
    },
  },
  {
    name: "a device of another machine is removed: it waits to be approved anew, device and commands",
    applies: (traits) => traits.deviceRemove,
    run: async (world) => {
      const proxy = await world.remoteProxy();
      const node = world.startNode({ port: proxy.port });
      const first = APPROVE.exec(await node.line(APPROVE))?.[1] ?? "";
      const nodeId = nodeIdOf(node);
      await world.ask("device.pair.approve", { requestId: first });
      await world.approveSurface(nodeId);
      await works(world, nodeId);
      await world.ask("device.pair.remove", { deviceId: nodeId });
      await node.line(REMOVED);
      const line = await node.line(new RegExp(`openclaw devices approve (?!${first})[0-9a-f-]{36}`, "u"));
      await world.ask("device.pair.approve", { requestId: APPROVE.exec(line)?.[1] });
      await world.approveSurface(nodeId);
      await works(world, nodeId);
    },
  },
];
