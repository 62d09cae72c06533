import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectParamsSchema, parseWith, type EventFrame } from "@openclaw/protocol";
import { describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { endpointFromParts } from "./endpoint.ts";
import { failureOf, IDENTITY, NODE_PROFILE, openSockets } from "./node-profile.test.support.ts";
import {
  CHALLENGE,
  helloPayload,
  startGateway,
  type ScriptedClient,
  type ScriptedGateway,
  type Script,
} from "./scripted-gateway.test.support.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

const open = async (gateway: ScriptedGateway, options: Partial<SessionOptions> = {}): Promise<Session> =>
  await openSession({
    endpoint: gateway.endpoint,
    profile: NODE_PROFILE,
    identity: IDENTITY,
    credential: { token: "t" },
    ...options,
  });

/** The error of a handshake with a Gateway that follows the script. */
async function handshakeFailure(script: Script, options: Partial<SessionOptions> = {}) {
  return await failureOf(open(await startGateway(script), options));
}

describe("the handshake", () => {
  it("answers the challenge with one connect and ends with hello", async () => {
    const gateway = await startGateway(
      async (client) => await client.accept({ auth: { deviceToken: "dt", scopes: ["s"] } }),
    );
    const frames: unknown[] = [];
    const session = await open(gateway);
    gateway.clients[0]?.socket.on("message", (data: Buffer) => frames.push(data.toString("utf8")));
    expect(session.hello).toEqual({
      type: "hello-ok",
      protocol: 4,
      server: { version: "2026.6.1", connId: "c-1" },
      features: { methods: ["node.event"], events: ["tick"] },
      auth: { deviceToken: "dt", scopes: ["s"] },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
    });
    await session.close();
    expect(frames).toEqual([]);
  });

  it("sends a closed frame whose signature fits the challenge", async () => {
    let connect: unknown;
    const gateway = await startGateway(async (client) => {
      connect = await client.accept();
    });
    const session = await open(gateway);
    const { params, ...frame } = connect as { params: { auth: unknown; device: Record<string, unknown> } };
    expect(frame).toEqual({ type: "req", id: "connect", method: "connect" });
    expect(parseWith(connectParamsSchema, params, "connect")).toMatchObject({ ok: true });
    expect(params.auth).toEqual({ token: "t" });
    expect(params.device).toMatchObject({ nonce: CHALLENGE.nonce, signedAt: CHALLENGE.ts });
    await session.close();
  });

  it("waits for the challenge, and answers no second one", async () => {
    const seen: string[] = [];
    const gateway = await startGateway(async (client) => {
      client.event("tick", {});
      client.send({ type: "req", id: "1", method: "who" });
      client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
      const connect = await client.challenge();
      client.event("connect.challenge", CHALLENGE);
      client.socket.on("message", (data: Buffer) => seen.push(data.toString("utf8")));
      // Not ours: only the response to the connect counts.
      client.answer("other", helloPayload());
      client.send({ type: "res", id: "other", ok: false, error: { code: "X", message: "x" } });
      client.answer(connect.id, helloPayload({ maxPayload: 100_000 }));
    });
    const session = await open(gateway);
    expect(session.hello.policy.maxPayload).toBe(100_000);
    await session.close();
    expect(seen).toEqual([]);
  });

  it("loses no event that comes in the same packet as the hello, and takes none from before it", async () => {
    const events: EventFrame[] = [];
    const gateway = await startGateway(async (client) => {
      const connect = await client.challenge();
      client.tcp.cork();
      client.event("before");
      client.answer(connect.id, helloPayload());
      client.event("first", 1);
      client.event("second", 2);
      client.tcp.uncork();
    });
    const session = await open(gateway, { onEvent: (event) => events.push(event) });
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(events).toMatchObject([
      { event: "first", payload: 1 },
      { event: "second", payload: 2 },
    ]);
    await session.close();
  });

  it("reads a challenge that comes in the same packet as the upgrade", async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      socket.cork();
      sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.send(JSON.stringify({ type: "event", event: "connect.challenge", payload: CHALLENGE }));
        ws.once("message", () =>
          ws.send(JSON.stringify({ type: "res", id: "connect", ok: true, payload: helloPayload() })),
        );
        socket.uncork();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const session = await openSession({
      endpoint: endpointFromParts({ host: "127.0.0.1", port, tls: false }),
      profile: NODE_PROFILE,
      identity: IDENTITY,
      credential: {},
    });
    await session.close();
    server.close();
    await once(server, "close");
  });
});

describe("a handshake that fails", () => {
  it("with a refusal carries the Gateway's own error", async () => {
    const gateway = { code: "NOT_PAIRED", message: "pairing required", details: { requestId: "r-1" } };
    const error = await handshakeFailure(async (client) => await client.refuse(gateway));
    expect(error).toMatchObject({
      code: "refused",
      message: "the Gateway refused the connection: pairing required",
      details: { gateway },
    });
  });

  it("repeats a refusal without control characters and not endlessly", async () => {
    const message = `\u001B[2J\u202Eno ${"x".repeat(5000)}`;
    const error = await handshakeFailure(async (client) => await client.refuse({ code: "X", message }));
    expect(error.message).toMatch(/^the Gateway refused the connection: {2}\[2J no x{100,500}…$/u);
    expect(error.details.gateway?.message).toBe(message);
  });

  it("with a refusal whose id the Gateway could not read, or without a reason, is a refusal too", async () => {
    const error = await handshakeFailure(async (client) => {
      await client.challenge();
      client.send({ type: "res", id: "invalid", ok: false });
    });
    expect(error).toMatchObject({
      code: "refused",
      details: { gateway: { code: "UNAVAILABLE", message: "the Gateway gave no reason" } },
    });
  });

  const wrong: readonly (readonly [string, (client: ScriptedClient) => Promise<void>])[] = [
    ["text that is not JSON", async (client) => client.send("<html>")],
    ["a list", async (client) => client.send("[]")],
    ["a frame of an unknown type", async (client) => client.send({ type: "hello" })],
    ["a challenge without a nonce", async (client) => client.event("connect.challenge", { ts: 1 })],
    [
      "a challenge with an empty nonce",
      async (client) => client.event("connect.challenge", { nonce: "", ts: 1 }),
    ],
    [
      "a challenge with a time as text",
      async (client) => client.event("connect.challenge", { nonce: "n", ts: "1" }),
    ],
    ["nesting without end", async (client) => client.send(`${"[".repeat(5000)}${"]".repeat(5000)}`)],
    [
      "a hello without a policy",
      async (client) => {
        const { id } = await client.challenge();
        client.answer(id, { ...helloPayload(), policy: undefined });
      },
    ],
    [
      "a hello that is none",
      async (client) => {
        const { id } = await client.challenge();
        client.answer(id, "welcome");
      },
    ],
  ];
  it.each(wrong)("by %s says that this is no Gateway", async (_name, script) => {
    const error = await handshakeFailure(script);
    expect(error.code).toBe("protocol-violation");
    expect(error.message).toMatch(
      /^the server at 127\.0\.0\.1:\d+ does not follow the Gateway protocol: \S/u,
    );
  });

  it("by a close says with which code", async () => {
    const error = await handshakeFailure(async (client) => client.socket.close(1012, "service restart"));
    expect(error).toMatchObject({
      code: "closed",
      message: "the Gateway closed the connection before hello (code 1012, service restart)",
      details: { close: { code: 1012, reason: "service restart" } },
    });
  });

  it("by a frame over the limit is closed", async () => {
    const error = await handshakeFailure(async (client) => client.event("big", "x".repeat(5000)), {
      limits: { inboundFrameBytes: 4096 },
    });
    expect(error).toMatchObject({ code: "closed", details: { close: { code: 1006 } } });
  });

  it.each([
    ["nothing", async () => undefined],
    ["a challenge, but no answer", async (client: ScriptedClient) => await client.challenge()],
  ])("by %s in time", async (_name, script) => {
    const error = await handshakeFailure(script, { limits: { handshakeMs: 100 } });
    expect(error.code).toBe("handshake-timeout");
    expect(error.message).toMatch(
      /accepted the connection but did not finish the Gateway handshake in 0\.1 s$/u,
    );
  });

  it("because it is given up", async () => {
    const abort = new AbortController();
    const gateway = await startGateway(async (client) => {
      await client.challenge();
      abort.abort();
    });
    expect(await failureOf(open(gateway, { signal: abort.signal }))).toMatchObject({ code: "aborted" });
    await gateway.clients[0]?.closed;
  });

  it("because the frame would be refused for its size sends nothing", async () => {
    const frames: unknown[] = [];
    const gateway = await startGateway(async (client) => {
      client.socket.on("message", (data: Buffer) => frames.push(data));
      client.event("connect.challenge", CHALLENGE);
    });
    const error = await failureOf(
      open(gateway, { profile: { ...NODE_PROFILE, pathEnv: "ä".repeat(33_000) } }),
    );
    expect(error).toMatchObject({
      code: "too-large",
      message: "the connect frame would be larger than 64 KiB; shorten PATH or the display name",
    });
    expect(frames).toEqual([]);
  });

  it("leaves nothing open", async () => {
    const stages: readonly Script[] = [
      async () => undefined,
      async (client) => await client.challenge(),
      async (client) => await client.refuse({ code: "X", message: "no" }),
      async (client) => client.send("nonsense"),
      async (client) => client.socket.terminate(),
    ];
    const gateway = await startGateway(async (client, index) => await stages[index]?.(client, index));
    const before = openSockets();
    for (let n = 0; n < stages.length; n += 1)
      await failureOf(open(gateway, { limits: { handshakeMs: 50, closeMs: 50 } }));
    await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
    expect(gateway.clients).toHaveLength(stages.length);
  });
});
