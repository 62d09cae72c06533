import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectRaw } from "../gateways/raw-client.ts";
import { works } from "./credential-scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { nodeIdOf } from "./world.ts";

const WRONG = "token-of-another-gateway";
/** An address of its own: what is locked out stays so for five minutes, and other scenarios come after this one. */
const LOCKED_ADDRESS = "203.0.113.99";
/** Wrong credentials from one address that such a Gateway counts up to. */
const COUNTED = 10;

/** The same Gateway at another port, without the question whether the tokens are for it: spares a pairing from afar. */
function moveGateway(stateDir: string, port: number): void {
  const file = join(stateDir, "node.json");
  const node = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...node, gateway: { ...node.gateway, port } }));
}

export const refusalScenarios: readonly Scenario[] = [
  {
    name: "a wrong token and none at all: the host ends with 78 and says which it was and what to set",
    run: async (world) => {
      for (const [token, why, remedy] of [
        [WRONG, /unauthorized: gateway token mismatch/u, /check OPENCLAW_GATEWAY_TOKEN/u],
        ["", /unauthorized: gateway token missing/u, /set OPENCLAW_GATEWAY_TOKEN/u],
      ] as const) {
        const node = world.startNode({ token });
        assert.equal(await node.exited, 78, node.output());
        assert.match(node.output(), why);
        assert.match(node.output(), remedy);
        assert.ok(!node.output().includes(WRONG));
      }
    },
  },
  {
    name: "an address is locked out after ten wrong credentials: a host does not bring it there, and waits as told",
    applies: (traits) => traits.guardsToken,
    run: async (world) => {
      const proxy = await world.remoteProxy(LOCKED_ADDRESS);
      const stateDir = world.newStateDir();
      const first = world.startNode({ stateDir });
      await first.line(/connected to the Gateway/u);
      await first.stop();
      moveGateway(stateDir, proxy.port);
      // Now both of its credentials are wrong.
      await world.ask("device.token.rotate", { deviceId: nodeIdOf(first), role: "node" });
      const node = world.startNode({ port: proxy.port, stateDir, token: WRONG });
      await node.line(/a person has to mend this; trying again in 5 min/u);
      const refusals: string[] = [];
      while (refusals.at(-1) !== "AUTH_RATE_LIMITED" && refusals.length <= COUNTED) {
        const other = await connectRaw(proxy.url, { role: "node", token: `${WRONG}-${refusals.length}` });
        refusals.push(other.error?.details?.code);
        await other.close();
      }
      assert.equal(refusals.at(-1), "AUTH_RATE_LIMITED");
      // Each of its two credentials was tried once.
      assert.ok(refusals.length - 1 >= COUNTED - 2, `the host took more than two tries: ${refusals.join()}`);
      await node.stop();

      const locked = world.startNode({ port: proxy.port });
      const line = await locked.line(/too many failed authentication attempts/u);
      assert.match(line, /trying again in [56] min, until it answers/u);
      assert.equal(locked.child.exitCode, null, "it stays");
      assert.equal(proxy.connections(), 0, "it leaves the Gateway alone");
      assert.equal(await locked.stop(), 0);
    },
  },
  {
    name: "the Gateway's token changes while a host is connected: its device token brings it back, and the new one works",
    applies: (traits) => traits.guardsToken,
    run: async (world) => {
      const { token } = world.gateway;
      const stateDir = world.newStateDir();
      const { node, nodeId } = await world.readyNode({ stateDir });
      const changed = randomBytes(16).toString("hex");
      try {
        await world.gateway.changeToken(changed);
        await node.line(/code 4001, gateway auth changed/u);
        await works(world, nodeId);
        assert.equal(await node.stop(), 0);
        const stranger = world.startNode({ token });
        assert.equal(await stranger.exited, 78, "the old token is good for nobody who has no other");
        const again = world.startNode({ stateDir, token: changed });
        await again.line(/connected to the Gateway/u);
        await works(world, nodeId);
      } finally {
        await world.gateway.changeToken(token);
      }
    },
  },
];
