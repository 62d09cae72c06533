import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { startDevGateway, type DevGateway, type Era } from "@openclaw/dev-gateway";
import {
  createDeviceIdentity,
  endpointFromParts,
  openSession,
  type ClientProfile,
} from "@openclaw/gateway-connection";
import { describe, expect, it, onTestFinished } from "vitest";
import { approveNodes, FIXED_CREDENTIALS, NODE, OPERATOR } from "./at-dev-gateway.test.support.ts";
import { hostScene } from "./host-scene.test.support.ts";
import { TOKEN } from "./link-reactions.test.support.ts";
import { NodeHost } from "./node-host.ts";

/** A way to the Gateway that can swallow everything of the connections it has, and give their Gateway sides up later. */
async function swallowingWay(target: number) {
  const ways = new Set<{ readonly host: Socket; readonly gateway: Socket }>();
  const server = createServer((host) => {
    const gateway = connect(target, "127.0.0.1");
    for (const socket of [host, gateway]) socket.on("error", () => undefined);
    host.pipe(gateway).pipe(host);
    ways.add({ host, gateway });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const swallowed: Socket[] = [];
  const endSwallowed = (): void => {
    for (const gateway of swallowed.splice(0)) gateway.destroy();
  };
  onTestFinished(() => {
    endSwallowed();
    for (const { host, gateway } of ways) for (const socket of [host, gateway]) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      for (const { host, gateway } of ways) {
        host.unpipe(gateway).resume();
        gateway.unpipe(host).resume();
        host.on("end", () => host.destroy());
        swallowed.push(gateway);
      }
      ways.clear();
    },
    endSwallowed,
  };
}

async function throughTheList(gateway: DevGateway): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = gateway.on((event) => {
      if (event.type !== "frame-out") return;
      const frame = event.frame as { readonly event?: string; readonly seq?: number };
      if (frame.event !== "tick" || frame.seq !== undefined) return;
      stop();
      resolve();
    });
  });
}

/** A host at work whose first connection was swallowed and which has connected anew beside it. */
async function besideItsOldSocket(era: Era) {
  const gateway = await startDevGateway({ token: TOKEN, era, tickIntervalMs: 200 });
  onTestFinished(async () => await gateway.close());
  const session = async (profile: ClientProfile, identity = createDeviceIdentity(0).identity) =>
    await openSession({
      endpoint: endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false }),
      profile,
      identity,
      credential: { token: TOKEN },
    });
  const operator = await session(OPERATOR);
  const { identity } = createDeviceIdentity(0);
  const first = await session(NODE, identity);
  await approveNodes(operator);
  await first.close();

  const way = await swallowingWay(gateway.port);
  let hellos = 0;
  const states = new Set<string>();
  const { context } = hostScene();
  const host: NodeHost = new NodeHost({
    endpoint: endpointFromParts({ host: "127.0.0.1", port: way.port, tls: false }),
    profile: NODE,
    identity,
    credentials: FIXED_CREDENTIALS,
    context,
    everReady: true,
    delayFactor: 0.002,
    onHello: () => void (hellos += 1),
    onChange: () => void states.add(host.status.link.state),
  });
  const ended = host.run();
  onTestFinished(async () => {
    await host.stop();
    await ended;
  });
  let asked = 0;
  const invoke = async (): Promise<string> => {
    asked += 1;
    const params = { nodeId: identity.deviceId, command: "system.which", params: { bins: ["sh"] } };
    return await operator.request("node.invoke", { ...params, idempotencyKey: `k${asked}` }).then(
      () => "answered",
      (error: Error) => error.message,
    );
  };
  await expect.poll(invoke, { timeout: 10_000 }).toBe("answered");
  way.swallow();
  await expect.poll(() => hellos, { timeout: 10_000 }).toBe(2);
  expect(await invoke()).toBe("answered");
  // From then on the host knows what it looks like to be listed.
  if (era < "2026.6") await throughTheList(gateway);
  states.clear();
  const oldEnds = new Promise<void>((resolve) => {
    gateway.on((event) => event.type === "closed" && resolve());
  });
  way.endSwallowed();
  await oldEnds;
  return { gateway, host, invoke, states, hellos: () => hellos };
}

describe(
  "a Gateway that notices the end of the old socket after the new one is open",
  { timeout: 60_000 },
  () => {
    it.each(["2026.2", "2026.3"] as const)("in %s has its node back in its list by itself", async (era) => {
      const { host, invoke, states, hellos } = await besideItsOldSocket(era);
      expect(await invoke()).toContain("node not connected");
      await expect.poll(invoke, { timeout: 20_000 }).toBe("answered");
      expect(hellos()).toBe(3);
      expect([...states]).toContain("draining");
      expect(host.status.link.state).toBe("ready");
    });

    it.each(["2026.6", "2026.9"] as const)("in %s keeps it, and nothing is connected anew", async (era) => {
      const { gateway, invoke, states, hellos } = await besideItsOldSocket(era);
      let ticks = 0;
      gateway.on((event) => {
        if (event.type === "frame-out" && (event.frame as { event?: string }).event === "tick") ticks += 1;
      });
      await expect.poll(() => ticks, { timeout: 20_000 }).toBeGreaterThan(16);
      expect(await invoke()).toBe("answered");
      expect(hellos()).toBe(2);
      expect([...states]).not.toContain("draining");
    });
  },
);
