import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startDevGateway } from "@openclaw/dev-gateway";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { HELLO, scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli, startNode, type NodeProcess } from "./scenarios/node-process.ts";

const TOKEN = "test-token-0123456789";
const HOUR_MS = 3_600_000;

/** A server of any kind on 127.0.0.1. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** It takes a while until a silent server is left, so that host waits beside the other tests. */
let silent: { readonly server: WebSocketServer; readonly node: NodeProcess };
beforeAll(async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  silent = { server, node: startNode({ port: (server.address() as AddressInfo).port, token: TOKEN }) };
});
afterAll(async () => {
  await silent.node.stop();
  for (const socket of silent.server.clients) socket.terminate();
  silent.server.close();
});

describe("a server that is no Gateway", () => {
  it.each([
    ["closes at once", (socket: Socket) => socket.destroy(), /connection reset|does not speak WebSocket/u],
    [
      "answers with a web page",
      (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n<html>"),
      /HTTP 200 instead of a WebSocket/u,
    ],
    [
      "answers with a redirect",
      (socket: Socket) => socket.end("HTTP/1.1 302 Found\r\nLocation: ws://8.8.8.8/\r\n\r\n"),
      /HTTP 302 instead/u,
    ],
    [
      "talks like a mail server",
      (socket: Socket) => socket.write("220 mail \u001b[31m ESMTP\r\n"),
      /does not speak WebSocket/u,
    ],
  ])("and %s is named, and tried again", async (_what, script, text) => {
    const node = startHost({ port: await rawServer(script) });
    expect(await node.line(text)).toMatch(/warning: .+; trying again in \d+ s, until it answers$/u);
    expect(node.child.exitCode).toBeNull();
    expectReadable(node.output());
    expect(await node.stop()).toBe(0);
  });

  it.each([
    [
      "challenge",
      (send: (frame: unknown) => void) =>
        send({ type: "event", event: "connect.challenge", payload: { nonce: 5 } }),
    ],
    ["frame", (send: (frame: unknown) => void) => send("<html>")],
  ])("and sends a garbage %s is named, and tried again", async (_what, script) => {
    const node = startHost({
      port: (await scriptedGateway((visitor) => script((frame) => visitor.send(frame)))).port,
    });
    expect(await node.line(/does not speak|not a Gateway|Gateway protocol/iu)).toMatch(/trying again/u);
    expectReadable(node.output());
  });

  it.each([
    ["no object", "yes"],
    ["no policy", { ...HELLO, policy: undefined }],
    ["no features", { ...HELLO, features: { methods: "all" } }],
    ["another type", { ...HELLO, type: "hello" }],
  ])("and sends a hello with %s is named, and tried again", async (_what, payload) => {
    const gateway = await scriptedGateway(async (visitor) => {
      const connect = await visitor.challenge();
      visitor.send({ type: "res", id: connect.id, ok: true, payload });
    });
    const node = startHost({ port: gateway.port });
    expect(await node.line(/hello-ok/u)).toMatch(/trying again/u);
    expectReadable(node.output());
    expect(JSON.parse(readFileSync(join(node.stateDir, "node.json"), "utf8"))).not.toHaveProperty(
      "firstConnectedAtMs",
    );
  });
});

describe("a Gateway that closes", () => {
  it("with 1008 again and again is asked again and again, more and more slowly", async () => {
    const gateway = await scriptedGateway(async (visitor) => {
      await visitor.accept();
      visitor.socket.close(1008, "slow consumer");
    });
    const node = startHost({ port: gateway.port, args: ["--log-level", "debug"] });
    await (
      await gateway.visitor(2)
    ).closed;
    expectReadable(node.output());
    expect(node.output()).toMatch(
      /warning: node host gateway closed \(code 1008, slow consumer\); trying again/u,
    );
  });

  it("before hello is asked again", async () => {
    const gateway = await scriptedGateway((visitor, index) => {
      if (index === 0) visitor.socket.close(1008, "no \u001b[31m");
      else void visitor.accept();
    });
    const node = startHost({ port: gateway.port });
    await node.line(/closed the connection before hello/u);
    await node.line(/connected to the Gateway/u);
    expectReadable(node.output());
  });
});

describe("a Gateway that refuses", () => {
  const refusing = async (error: Readonly<Record<string, unknown>>): Promise<number> =>
    (await scriptedGateway((visitor) => void visitor.refuse(error))).port;

  it.each([
    [
      "AUTH_TOKEN_MISMATCH",
      "unauthorized: gateway token mismatch",
      /the token is not the Gateway's: check OPENCLAW_GATEWAY_TOKEN/u,
    ],
    ["PROTOCOL_MISMATCH", "protocol mismatch", /update the older of the two/u],
    ["constructor", "\u001b[31mno", /Gateway: ws:.*\(constructor\)/u],
    ["__proto__", "no", /Gateway: ws:/u],
    ["\u001b]0;x\u0007", "no", /\(INVALID_REQUEST\)/u],
  ])("with %s ends a host that never worked, with 78", async (code, message, hint) => {
    const port = await refusing({ code: "INVALID_REQUEST", message, details: { code } });
    const { code: exit, stderr } = await runCli(["node", "run", "--port", String(port)], {
      stateDir: stateDir(),
      env: { OPENCLAW_GATEWAY_TOKEN: TOKEN },
    });
    expect(exit).toBe(78);
    expect(stderr).toMatch(/^openclaw: the Gateway refused the connection: /mu);
    expect(stderr).toMatch(hint);
    expectReadable(stderr);
  });

  it.each([
    ["a plain id", "5c8f9a0e-1", /openclaw devices approve 5c8f9a0e-1$/u],
    ["an id that would act in a shell", "$(reboot)", /openclaw devices approve <request id>$/u],
    ["an id that would act on a terminal", "\u001b[31m", /openclaw devices approve <request id>$/u],
  ])("because it does not know us yet is waited for: %s", async (_what, requestId, text) => {
    const error = {
      code: "NOT_PAIRED",
      message: "pairing required",
      details: { code: "PAIRING_REQUIRED", requestId },
    };
    const node = startHost({ port: await refusing(error) });
    expect(await node.line(/waiting to be paired/u)).toMatch(text);
    expectReadable(node.output());
    expect(await node.stop()).toBe(0);
  });

  it("a wrong token ends a new host, and is waited out by one that worked once", async () => {
    const gateway = await startDevGateway({ token: TOKEN });
    onTestFinished(async () => await gateway.close());
    const dir = stateDir();
    const wrong = { port: gateway.port, stateDir: dir, token: "wrong-token-987654321" };
    const fresh = startHost(wrong);
    expect(await fresh.exited).toBe(78);
    expect(fresh.output()).toMatch(/the token is not the Gateway's/u);
    const good = startHost({ ...wrong, token: TOKEN });
    await good.line(/connected to the Gateway/u);
    expect(await good.stop()).toBe(0);
    // Without the device token that the Gateway gave, only the wrong one is left.
    rmSync(join(dir, "identity/device-auth.json"));
    const again = startHost(wrong);
    expect(await again.line(/a person has to mend this/u)).toMatch(/trying again in 5 min, until it works$/u);
    expect(again.child.exitCode).toBeNull();
    expect(await again.stop()).toBe(0);
    expectReadable(`${fresh.output()}${good.output()}${again.output()}`);
  });
});

describe("clocks", () => {
  it.each([-5 * HOUR_MS, 5 * HOUR_MS])("%d ms apart do not matter", async (skewMs) => {
    const gateway = await startDevGateway({ token: TOKEN, clock: () => Date.now() + skewMs });
    onTestFinished(async () => await gateway.close());
    const node = startHost({ port: gateway.port, token: TOKEN });
    await node.line(/connected to the Gateway/u);
    expect(await node.stop()).toBe(0);
  });
});

describe("a server that never sends a challenge", () => {
  it("is left after a while, named, and tried again", async () => {
    const line = await silent.node.line(/did not finish the Gateway handshake/u);
    expect(line).toMatch(
      /warning: the server at 127\.0\.0\.1:\d+ accepted the connection but did not finish the Gateway handshake in 15 s; trying again in \d+ s, until it answers$/u,
    );
    expect(silent.node.child.exitCode).toBeNull();
    expectReadable(silent.node.output());
  });
});
