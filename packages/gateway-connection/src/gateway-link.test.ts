import { describe, expect, it, vi } from "vitest";
import { openSockets } from "./node-profile.test.support.ts";
import { MemoryCredentials, runLink } from "./gateway-link.test.support.ts";
import {
  CERTIFICATE,
  freePort,
  helloPayload,
  startGateway,
  type Script,
} from "./scripted-gateway.test.support.ts";
import { endpointFromParts } from "./endpoint.ts";

/** The n-th client follows the n-th script; later ones the last. */
const inTurn =
  (...scripts: readonly Script[]): Script =>
  async (client, index) =>
    await scripts[Math.min(index, scripts.length - 1)]?.(client, index);

const accept: Script = async (client) => await client.accept();

describe("a link", () => {
  it("connects, hands events on with its session, and says so", async () => {
    const gateway = await startGateway(async (client) => {
      await client.accept();
      client.event("node.invoke.request", { id: "1" });
    });
    const running = runLink(gateway.endpoint, {
      now: () => 1234,
      onEvent: (event, session) =>
        expect([event.event, session]).toEqual(["node.invoke.request", running.link.session]),
    });
    expect(running.link.state).toMatchObject({ state: "stopped", phase: "idle", since: 1234 });
    expect(await running.reached("ready")).toMatchObject({ since: 1234, hello: { protocol: 4 } });
    expect(running.link.state).toBe(running.states.at(-1));
    await vi.waitFor(() => expect(running.events).toHaveLength(1));
    await running.link.close("node host stopped");
    expect(await running.end).toEqual({ kind: "closed" });
    expect(await gateway.clients[0]?.closed).toEqual({ code: 1000, reason: "node host stopped" });
    expect(running.story).toEqual(["connecting", "ready", "stopped: closed"]);
    expect(running.link.session).toBeUndefined();
  });

  it("reconnects after a cut", async () => {
    const gateway = await startGateway(
      inTurn(async (client) => {
        await client.accept();
        client.tcp.destroy();
      }, accept),
    );
    const running = runLink(gateway.endpoint);
    await running.reached("ready", 2);
    expect(running.story).toEqual(["connecting", "ready", "waiting: network", "connecting", "ready"]);
    expect(running.states.find(({ phase }) => phase === "waiting")).toMatchObject({
      state: "backing-off",
      why: "node host gateway closed (code 1006)",
    });
  });

  it.each([
    ["the event alone", true, 1006],
    ["the close alone", false, 1012],
    ["both", true, 1012],
  ])("waits for a Gateway that restarts: %s", async (_name, event, code) => {
    const gateway = await startGateway(
      inTurn(async (client) => {
        await client.accept();
        if (event) client.event("shutdown", { reason: "service restart", restartExpectedMs: null });
        if (code === 1006) client.socket.terminate();
        else client.socket.close(code, "service restart");
      }, accept),
    );
    const running = runLink(gateway.endpoint);
    await running.reached("ready", 2);
    expect(running.story).toEqual(["connecting", "ready", "waiting: gateway-down", "connecting", "ready"]);
  });

  it("does not take the shutdown of an earlier connection for that of a later one", async () => {
    const gateway = await startGateway(
      inTurn(
        async (client) => {
          await client.accept();
          client.event("shutdown", {});
          client.socket.close(1012);
        },
        async (client) => {
          await client.accept();
          client.socket.close(1000);
        },
        accept,
      ),
    );
    const running = runLink(gateway.endpoint);
    await running.reached("ready", 3);
    expect(running.story.filter((one) => one.startsWith("waiting"))).toEqual([
      "waiting: gateway-down",
      "waiting: network",
    ]);
  });

  it("keeps looking for a Gateway that is not there yet, and says when", async () => {
    const port = await freePort();
    const running = runLink(endpointFromParts({ host: "127.0.0.1", port, tls: false }), {
      now: () => 1000,
      delayFactor: 0.01,
    });
    const waiting = await running.reached("waiting");
    // The middle of the spread, a hundredth of it.
    expect(waiting).toMatchObject({ cause: "gateway-down", retryAt: 1000 + 102.5 });
    await startGateway(accept, { port });
    await running.reached("ready");
  });

  it("sends the same device and profile each time", async () => {
    const connects: unknown[] = [];
    const gateway = await startGateway(async (client, index) => {
      const { params } = await client.accept();
      connects.push([params["client"], params["role"], (params["device"] as Record<string, unknown>)["id"]]);
      if (index < 2) client.socket.close(1000);
    });
    await runLink(gateway.endpoint).reached("ready", 3);
    expect(connects[1]).toEqual(connects[0]);
    expect(connects[2]).toEqual(connects[0]);
  });

  it("hands on what came with the hello first, in order, even if the token is slow to be saved", async () => {
    const gateway = await startGateway(async (client) => {
      const connect = await client.challenge();
      client.tcp.cork();
      client.answer(connect.id, helloPayload({ auth: { deviceToken: "dt" } }));
      client.event("first");
      client.tcp.uncork();
      for (const event of ["second", "third"]) client.event(event);
    });
    const credentials = new MemoryCredentials();
    let saved: () => void = () => undefined;
    credentials.saveDeviceToken = async () => {
      await new Promise<void>((resolve) => {
        saved = resolve;
      });
    };
    const phases: string[] = [];
    const running = runLink(
      gateway.endpoint,
      { onEvent: () => phases.push(running.link.state.phase) },
      credentials,
    );
    await vi.waitFor(() => expect(running.events).toHaveLength(3));
    expect(running.events.map(({ event }) => event)).toEqual(["first", "second", "third"]);
    expect(phases).toEqual(["ready", "ready", "ready"]);
    saved();
  });

  it("connects anew on demand, after its own close is through", async () => {
    const gateway = await startGateway(accept);
    const running = runLink(gateway.endpoint);
    await running.reached("ready");
    await running.link.reconnect("taking in the approved commands");
    await running.reached("ready", 2);
    expect(await gateway.clients[0]?.closed).toEqual({
      code: 1000,
      reason: "taking in the approved commands",
    });
    expect(running.story).toEqual(["connecting", "ready", "connecting", "ready"]);
  });
});

describe("a link that is closed", () => {
  it("before it runs does not connect", async () => {
    const gateway = await startGateway(accept);
    const credentials = new MemoryCredentials();
    const running = runLink(gateway.endpoint, {}, credentials);
    await running.link.close();
    expect(await running.end).toEqual({ kind: "closed" });
    expect(gateway.clients).toHaveLength(0);
    expect(running.story).toEqual(["stopped: closed"]);
  });

  it("while it connects gives the attempt up", async () => {
    const before = openSockets();
    const gateway = await startGateway(async (client) => await client.challenge());
    const running = runLink(gateway.endpoint);
    await vi.waitFor(() => expect(gateway.clients).toHaveLength(1));
    await running.link.close();
    expect(await running.end).toEqual({ kind: "closed" });
    expect(running.story).toEqual(["connecting", "stopped: closed"]);
    await gateway.close();
    await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
  });

  it.each(["while it waits", "in the very moment in which it begins to wait"])(
    "%s does not sleep on",
    async (when) => {
      const before = openSockets();
      const port = await freePort();
      const running = runLink(endpointFromParts({ host: "127.0.0.1", port, tls: false }), {
        delayFactor: 1000,
        onState: (state) => {
          if (state.phase === "waiting" && when.startsWith("in")) void running.link.close();
        },
      });
      await running.reached("waiting");
      if (when.startsWith("while")) await running.link.close();
      expect(await running.end).toEqual({ kind: "closed" });
      await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
    },
  );

  it("while a Gateway does not answer the close is closed all the same", async () => {
    const gateway = await startGateway(accept);
    const running = runLink(gateway.endpoint);
    await running.reached("ready");
    gateway.clients[0]?.tcp.pause();
    await running.link.close();
    expect(await running.end).toEqual({ kind: "closed" });
  });
});

describe("a link whose credential source fails", () => {
  it("ends with that error and leaves nothing open", async () => {
    const before = openSockets();
    const gateway = await startGateway(
      async (client) => await client.accept({ auth: { deviceToken: "dt" } }),
    );
    const credentials = new MemoryCredentials();
    credentials.saveDeviceToken = async () => {
      throw new Error("no space left");
    };
    const running = runLink(gateway.endpoint, {}, credentials);
    await expect(running.end).rejects.toThrow("no space left");
    expect(running.states.at(-1)).toMatchObject({
      phase: "stopped",
      code: "credentials-unusable",
      why: "no space left",
    });
    await gateway.clients[0]?.closed;
    await gateway.close();
    await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
  });
});

describe("a link with a pin", () => {
  it("stops at a foreign certificate if it never worked, and looks again later if it did", async () => {
    const gateway = await startGateway(accept, { tls: CERTIFICATE });
    const endpoint = endpointFromParts({
      host: "127.0.0.1",
      port: gateway.port,
      tls: true,
      tlsFingerprint: "ab".repeat(32),
    });
    expect(await runLink(endpoint).end).toMatchObject({ kind: "stopped", code: "fingerprint-mismatch" });
    const old = runLink(endpoint, { everReady: true, delayFactor: 0.1 });
    expect(await old.reached("waiting")).toMatchObject({ cause: "credentials" });
    expect(gateway.clients).toHaveLength(0);
  });
});
