import type { EventFrame } from "@openclaw/protocol";
import { describe, expect, it, vi } from "vitest";
import { IDENTITY, NODE_PROFILE, openSockets } from "./node-profile.test.support.ts";
import { startGateway, type HelloParts, type ScriptedClient } from "./scripted-gateway.test.support.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

interface Life {
  readonly session: Session;
  readonly client: ScriptedClient;
  readonly events: readonly EventFrame[];
  /** Waits until this event has come. */
  readonly until: (event: string) => Promise<void>;
}

async function live(
  hello: HelloParts = {},
  options: Partial<SessionOptions> = {},
  autoPong = true,
): Promise<Life> {
  const gateway = await startGateway(async (client) => await client.accept(hello), { autoPong });
  const events: EventFrame[] = [];
  const session = await openSession({
    endpoint: gateway.endpoint,
    profile: NODE_PROFILE,
    identity: IDENTITY,
    credential: {},
    onEvent: (event) => events.push(event),
    ...options,
  });
  const client = gateway.clients[0];
  if (client === undefined) throw new Error("nobody came");
  return {
    session,
    client,
    events,
    until: async (event) =>
      await vi.waitFor(() => {
        if (!events.some((one) => one.event === event)) throw new Error(`no ${event} yet`);
      }),
  };
}

describe("events", () => {
  it("arrive in order, with what they carry", async () => {
    const { session, client, events, until } = await live();
    for (let n = 0; n < 200; n += 1) client.event("n", { n });
    client.send({
      type: "event",
      event: "last",
      payload: null,
      seq: 7,
      stateVersion: { presence: 1, health: 2 },
    });
    await until("last");
    expect(events.slice(0, 200).map(({ payload }) => payload)).toEqual(
      Array.from({ length: 200 }, (_, n) => ({ n })),
    );
    expect(events.at(-1)).toEqual({ type: "event", event: "last", payload: null, seq: 7 });
    await session.close();
  });

  it("are not disturbed by frames that mean nothing", async () => {
    const { session, client, events, until } = await live();
    client.send("no JSON");
    client.send("[]");
    client.send({ type: "event" });
    client.send({ type: "res", id: 7, ok: true });
    client.send({ type: "req", id: "1", method: "who" });
    client.send("[".repeat(100_000));
    client.socket.send(Buffer.from('{"type":"event","event":"binary"}'), { binary: true });
    client.event("connect.challenge", { nonce: "n", ts: 1 });
    client.event("last");
    await until("last");
    expect(events.map(({ event }) => event)).toEqual(["connect.challenge", "last"]);
    await session.close();
  });
});

describe("a connection ends", () => {
  it("by the Gateway's close, with its code and reason", async () => {
    const { session, client } = await live();
    client.socket.close(4001, "device removed");
    expect(await session.closed).toEqual({ code: 4001, reason: "device removed", dead: false });
  });

  it("by a cut", async () => {
    const { session, client } = await live();
    client.tcp.destroy();
    expect(await session.closed).toEqual({ code: 1006, reason: "", dead: false });
  });

  it("by a frame over our limit", async () => {
    const { session, client } = await live({}, { limits: { inboundFrameBytes: 10_000 } });
    client.event("big", "x".repeat(10_001));
    expect((await session.closed).dead).toBe(false);
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it("by our close, which the Gateway sees", async () => {
    const { session, client } = await live();
    expect(await session.close(1000, "node host stopped")).toEqual({
      code: 1000,
      reason: "node host stopped",
      dead: false,
    });
    expect(await client.closed).toEqual({ code: 1000, reason: "node host stopped" });
    // Once more changes nothing.
    expect(await session.close(4000, "again")).toMatchObject({ code: 1000 });
  });

  it("by our close with a reason that is too long for a frame", async () => {
    const { session, client } = await live();
    await session.close(1000, `a${"ä".repeat(100)}`);
    expect(await client.closed).toEqual({ code: 1000, reason: `a${"ä".repeat(61)}` });
  });

  it("by our close even if the Gateway does not answer it", async () => {
    const { session, client } = await live({}, { limits: { closeMs: 50 } });
    client.tcp.pause();
    expect(await session.close()).toMatchObject({ code: 1006 });
    client.tcp.destroy();
  });

  it("by silence, and the Gateway is told", async () => {
    const { session, client } = await live({ tickIntervalMs: 100 }, {}, false);
    expect(await session.closed).toEqual({ code: 4000, reason: "tick timeout", dead: true });
    expect(await client.closed).toEqual({ code: 4000, reason: "tick timeout" });
  });

  it("by silence even if the Gateway does not answer the close", async () => {
    const { session, client } = await live({ tickIntervalMs: 100 }, { limits: { closeMs: 50 } });
    client.tcp.pause();
    expect(await session.closed).toEqual({ code: 4000, reason: "tick timeout", dead: true });
    client.tcp.destroy();
  });

  it("not while any sign of life comes now and then", async () => {
    const signs: Readonly<Record<string, (client: ScriptedClient) => void>> = {
      event: (client) => client.event("tick"),
      "answer to nobody": (client) => client.answer("99"),
      ping: (client) => client.socket.ping(),
      "text that is no frame": (client) => client.send("x"),
    };
    const ended: string[] = [];
    const lives = await Promise.all(
      Object.entries(signs).map(async ([name, sign]) => {
        const { session, client } = await live({ tickIntervalMs: 1000 }, {}, false);
        void session.closed.then(() => ended.push(name));
        return { session, sign: () => sign(client) };
      }),
    );
    // Five signs in more than the time of silence that ends a connection.
    for (let n = 0; n < 5; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (const { sign } of lives) sign();
    }
    expect(ended).toEqual([]);
    await Promise.all(lives.map(async ({ session }) => await session.close()));
  });

  it("leaves no socket and no timer, whichever side ended it", async () => {
    const lives = [
      await live(),
      await live(),
      await live({ tickIntervalMs: 100 }, {}, false),
      await live(),
    ] as const;
    const before = openSockets();
    lives[0].client.socket.close(1000);
    lives[1].client.tcp.destroy();
    await Promise.all([lives[3].session.close(), ...lives.map(async ({ session }) => await session.closed)]);
    // Both ends of four connections are gone, the servers stay.
    await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before - 8));
  });
});
