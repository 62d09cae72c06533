import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startDevGateway, type DevGateway } from "@openclaw/dev-gateway";
import {
  createDeviceIdentity,
  endpointFromParts,
  openSession,
  type GatewayEndpoint,
  type Session,
} from "@openclaw/gateway-connection";
import { describe, expect, it, onTestFinished } from "vitest";
import { approveNodes, FIXED_CREDENTIALS, NODE, OPERATOR } from "./at-dev-gateway.test.support.ts";
import { hostScene } from "./host-scene.test.support.ts";
import { TOKEN } from "./link-reactions.test.support.ts";
import { NodeHost } from "./node-host.ts";

const KILLS = 100;

/** How many sockets and timers this process holds. */
const resources = (): number => process.getActiveResourcesInfo().length;

describe("a Gateway that is killed a hundred times under load", { timeout: 120_000 }, () => {
  it("finds its node again each time; no run is started twice, nothing is left over", async () => {
    const { dir, context, log } = hostScene();
    const ledger = join(dir, "ran.txt");
    const answers = new Map<string, number>();
    let endpoint: GatewayEndpoint | undefined;
    const start = async (port = 0): Promise<DevGateway> => {
      const gateway = await startDevGateway({ token: TOKEN, port, stateFile: join(dir, "gateway.json") });
      gateway.on((event) => {
        if (event.type !== "frame-in") return;
        const { method, params } = event.frame as { method?: string; params?: { id?: string } };
        if (method !== "node.invoke.result") return;
        answers.set(params?.id ?? "", (answers.get(params?.id ?? "") ?? 0) + 1);
      });
      endpoint ??= endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false });
      return gateway;
    };
    let gateway = await start();
    onTestFinished(async () => await gateway.close());
    if (endpoint === undefined) throw new Error("no endpoint");
    const here: GatewayEndpoint = endpoint;

    let helloSeen: () => void = () => undefined;
    const identity = createDeviceIdentity(0).identity;
    const host = new NodeHost({
      endpoint: here,
      profile: NODE,
      identity,
      credentials: FIXED_CREDENTIALS,
      context,
      everReady: true,
      delayFactor: 0.002,
      onHello: () => helloSeen(),
    });
    const nextHello = async (): Promise<void> => await new Promise((resolve) => (helloSeen = resolve));
    const first = nextHello();
    const ended = host.run();
    await first;

    const operatorIdentity = createDeviceIdentity(0).identity;
    const asOperator = async (): Promise<Session> =>
      await openSession({
        endpoint: here,
        profile: OPERATOR,
        identity: operatorIdentity,
        credential: { token: TOKEN },
      });
    const boss = await asOperator();
    await approveNodes(boss);
    await boss.close();

    let asked = 0;
    const run = async (operator: Session): Promise<boolean> => {
      asked += 1;
      const key = `run-${asked}`;
      const command = ["/bin/sh", "-c", 'echo "$0" >> "$1"', key, ledger];
      const params = { nodeId: identity.deviceId, command: "system.run", params: { command } };
      return await operator.request("node.invoke", { ...params, idempotencyKey: key }).then(
        () => true,
        () => false,
      );
    };
    const before = resources();
    let done = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const operator = await asOperator();
      if (await run(operator)) done += 1;
      const underWay = [run(operator), run(operator), run(operator)];
      const back = nextHello();
      gateway.closeClients("cut");
      await gateway.close();
      await Promise.all(underWay);
      gateway = await start(gateway.port);
      await back;
    }
    const last = await asOperator();
    expect(await run(last)).toBe(true);
    await last.close();
    expect(done).toBe(KILLS);
    expect([...answers.values()].filter((times) => times > 1)).toEqual([]);
    const ran = existsSync(ledger) ? readFileSync(ledger, "utf8").trim().split("\n") : [];
    expect(new Set(ran).size).toBe(ran.length);
    expect(ran.length).toBeGreaterThan(KILLS);
    await expect.poll(() => host.status.activeInvokes).toBe(0);
    await expect.poll(resources).toBeLessThanOrEqual(before + 4);
    expect(log.join("\n")).not.toMatch(/internal error|TypeError/u);
    await host.stop();
    expect(await ended).toEqual({ kind: "closed" });
  });
});
