import { ERAS, type Era } from "@openclaw/dev-gateway";
import { createDeviceIdentity, openSession, endpointFromParts } from "@openclaw/gateway-connection";
import type { ClientProfile, LinkState } from "@openclaw/gateway-connection";
import { describe, expect, it, onTestFinished } from "vitest";
import { linkScene, MemoryCredentials, TOKEN, type Scene } from "./link-reactions.test.support.ts";

const OPERATOR: ClientProfile = {
  id: "cli",
  mode: "cli",
  role: "operator",
  caps: [],
  version: "1.0.0",
  platform: "linux",
  deviceFamily: "Linux",
  scopes: ["operator.admin", "operator.pairing", "operator.read", "operator.write"],
};

type Ask = (method: string, params: object) => Promise<unknown>;

async function operator({ gateway }: Scene): Promise<Ask> {
  const session = await openSession({
    endpoint: endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false }),
    profile: OPERATOR,
    identity: createDeviceIdentity(0).identity,
    credential: { token: TOKEN },
  });
  onTestFinished(async () => void (await session.close()));
  return async (method, params) => await session.request(method, params);
}

const isReady = ({ state }: LinkState): boolean => state === "ready";
/** Gateways of February 2026 close nothing when a token changes. */
const CLOSING = ERAS.filter((era) => era !== "2026.2");

async function ready(
  era: Era,
  credentials: MemoryCredentials = new MemoryCredentials(),
): Promise<{ readonly scene: Scene; readonly ask: Ask; readonly deviceId: string }> {
  const scene = await linkScene({ era }, {}, credentials);
  await scene.reached(isReady);
  const ask = await operator(scene);
  const { nodes } = (await ask("node.list", {})) as {
    readonly nodes: readonly { readonly nodeId: string }[];
  };
  scene.forget();
  return { scene, ask, deviceId: nodes[0]?.nodeId ?? "" };
}

describe("a device token that is rotated", () => {
  it.each(CLOSING)("on %s is dropped, and the shared one brings the new one", async (era) => {
    const { scene, ask, deviceId } = await ready(era);
    const before = scene.credentials.device;
    await ask("device.token.rotate", { deviceId, role: "node" });
    await scene.reached(isReady);
    expect(scene.credentials.dropped).toBe(1);
    await expect.poll(() => scene.credentials.device).not.toBe(undefined);
    expect(scene.credentials.device).not.toBe(before);
  });

  it.each(CLOSING)(
    "on %s, where there is no shared one, is for a person; nothing is hammered",
    async (era) => {
      const { scene, ask, deviceId } = await ready(era);
      scene.credentials.shared = {};
      await ask("device.token.rotate", { deviceId, role: "node" });
      await scene.reached((state) => state.phase === "waiting" && state.cause === "credentials");
      expect(scene.connects.length).toBeLessThanOrEqual(3);
      expect(scene.states.some(({ state }) => state === "stopped")).toBe(false);
      // As soon as a person gave it the Gateway's token, it goes on.
      scene.credentials.shared = { token: TOKEN };
      await scene.reached(isReady);
    },
  );

  it("on 2026.2 ends nothing", async () => {
    const { scene, ask, deviceId } = await ready("2026.2");
    await ask("device.token.rotate", { deviceId, role: "node" });
    await ask("device.token.revoke", { deviceId, role: "node" });
    expect(scene.link.state.state).toBe("ready");
    expect(scene.states).toEqual([]);
  });
});

describe("a device token that is revoked", () => {
  it.each(CLOSING)(
    "on %s means to pair anew: it waits for the operator, and goes on by itself",
    async (era) => {
      const { scene, ask, deviceId } = await ready(era);
      await ask("device.token.revoke", { deviceId, role: "node" });
      const waiting = await scene.reached(({ state }) => state === "pairing-pending");
      if (waiting.phase !== "waiting") throw new Error("it waits");
      await ask("device.pair.approve", { requestId: waiting.requestId });
      await scene.reached(isReady);
    },
  );
});

describe("a device that is removed", () => {
  it.each(CLOSING)("on %s comes back where the Gateway takes it, with a new token", async (era) => {
    const { scene, ask, deviceId } = await ready(era);
    const before = scene.credentials.device;
    await ask("device.pair.remove", { deviceId });
    const gone = await scene.reached(({ phase }) => phase === "waiting");
    expect(gone.why).toMatch(/code 4001, device removed/u);
    await scene.reached(isReady);
    await expect.poll(() => scene.credentials.device).not.toBe(undefined);
    expect(scene.credentials.device).not.toBe(before);
  });
});

describe("a shared token that is not the Gateway's any more", () => {
  it.each(ERAS)("on %s is followed by the device token", async (era) => {
    const { scene } = await ready(era);
    await expect.poll(() => scene.credentials.device).not.toBe(undefined);
    scene.credentials.shared = { token: "the-token-of-yesterday" };
    scene.gateway.closeClients({ code: 4001, reason: "gateway auth changed" });
    await scene.reached(isReady);
    // The first two are those of the node and of the operator.
    expect(scene.connects.slice(2).map(({ auth }) => auth?.token)).toEqual([
      "the-token-of-yesterday",
      scene.credentials.device,
    ]);
  });

  it("never locks the address out: in an hour of waiting it stays under ten tries in five minutes", async () => {
    const scene = await linkScene(
      { treatAsRemote: () => true },
      // Five minutes in a tenth of a second.
      { delayFactor: 1 / 3000 },
      Object.assign(new MemoryCredentials(), { shared: { token: "wrong" }, device: "wrong-as-well" }),
    );
    const fiveMinutes = 100;
    const seen: number[] = [];
    scene.gateway.on((event) => {
      if (event.type === "connect-refused") seen.push(performance.now());
    });
    await scene.reached((state) => state.phase === "waiting" && state.cause === "credentials");
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThan(8);
    for (const [at, from] of seen.entries())
      expect(seen.slice(at).filter((time) => time < from + fiveMinutes).length).toBeLessThan(10);
    expect(scene.states.some((state) => state.phase === "waiting" && state.cause === "gateway-busy")).toBe(
      false,
    );
  });
});
