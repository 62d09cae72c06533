// Checks the harness itself against one real Gateway: node harness.check.ts VERSION [--tls]
// Starts it, pairs a raw node, invokes `system.which` on it, restarts, stops; prints timings.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { newIdentity } from "./raw-identity.ts";
import { connectRaw } from "./raw-client.ts";
import type { RawClient } from "./raw-client.ts";
import { startRealGateway } from "./real-gateway.ts";
import { startRemoteProxy } from "./remote-proxy.ts";

const [version = "2026.9.6", flag] = process.argv.slice(2);
let since = performance.now();
const lap = (what: string): void => {
  const now = performance.now();
  console.log(`${version} ${what}: ${Math.round(now - since)} ms`);
  since = now;
};

const gateway = await startRealGateway({ version, tls: flag === "--tls" });
lap("install and start");
try {
  const { url, token } = gateway;
  const operator = await connectRaw(url, { role: "operator", token });
  assert.ok(operator.hello, JSON.stringify(operator.error));
  const identity = newIdentity();
  const node = await pairedNode(operator, identity);
  lap("operator and node connected, surface approved");

  node.answerInvokes(({ params }) => ({
    bins: Object.fromEntries(params.bins.map((b: string) => [b, `/x/${b}`])),
  }));
  const which = await operator.request("node.invoke", {
    nodeId: identity.id,
    command: "system.which",
    params: { bins: ["sh"] },
    timeoutMs: 5000,
    idempotencyKey: crypto.randomUUID(),
  });
  assert.deepEqual(which.payload?.payload, { bins: { sh: "/x/sh" } }, JSON.stringify(which));
  lap("system.which invoked");

  if (flag !== "--tls") {
    const proxy = await startRemoteProxy(gateway.port);
    const remote = await connectRaw(proxy.url, { role: "node", token });
    assert.equal(remote.error?.code, "NOT_PAIRED", JSON.stringify(remote.error));
    await proxy.stop();
    lap("remote machine had to pair");
  }

  const status = await gateway.cli(["--version"]);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, new RegExp(version.replaceAll(".", "\\.")));
  lap("its own command line");

  await gateway.restart();
  const closed = await node.socket.closed;
  lap(`restart (node saw ${closed.code} \`${closed.reason}\`)`);
  const again = await connectRaw(url, { role: "node", token, identity });
  assert.ok(again.hello, JSON.stringify(again.error));
  await again.close();
  lap("node connected again");
} finally {
  await gateway.stop();
  lap("stop");
}
assert.ok(!existsSync(gateway.stateDir));

async function pairedNode(operator: RawClient, identity: ReturnType<typeof newIdentity>): Promise<RawClient> {
  const first = await connectRaw(gateway.url, { role: "node", token: gateway.token, identity });
  assert.ok(first.hello, JSON.stringify(first.error));
  const { pending } = (await operator.request("node.pair.list", {})).payload;
  const mine = pending.find((entry: { nodeId: string }) => entry.nodeId === identity.id);
  // The oldest Gateways ask nobody about a command surface.
  if (mine === undefined) return first;
  const approved = await operator.request("node.pair.approve", { requestId: mine.requestId });
  assert.ok(approved.ok, JSON.stringify(approved.error));
  // Some grant the surface only at the next connect.
  await first.close();
  return connectRaw(gateway.url, { role: "node", token: gateway.token, identity });
}
