import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { endpointFromParts, type GatewayEndpoint } from "./endpoint.ts";
import { failureOf, openSockets } from "./node-profile.test.support.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { openSocket } from "./open-socket.ts";
import { CERTIFICATE, freePort, startGateway } from "./scripted-gateway.test.support.ts";

const QUICK = { ...CONNECTION_LIMITS, openMs: 150 };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(async (close) => await close()));
});

/** A bare TCP or HTTP server on 127.0.0.1 that is gone, with its sockets, after the test. */
async function serve(server: ReturnType<typeof createServer> | Server): Promise<GatewayEndpoint> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return endpointFromParts({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, tls: false });
}

const secure = (endpoint: GatewayEndpoint, tlsFingerprint?: string): GatewayEndpoint =>
  endpointFromParts({ host: endpoint.host, port: endpoint.port, tls: true, tlsFingerprint });

describe("opening a socket", () => {
  it("asks for a plain upgrade: no origin, no compression, no sub-protocol", async () => {
    const gateway = await startGateway(async () => undefined);
    const endpoint = endpointFromParts({
      host: "127.0.0.1",
      port: gateway.port,
      tls: false,
      contextPath: "/behind/a/proxy",
    });
    const socket = await openSocket(endpoint);
    const { upgrade } = gateway.clients[0] ?? {};
    expect(upgrade?.url).toBe("/behind/a/proxy");
    expect(Object.keys(upgrade?.headers ?? {}).toSorted()).toEqual([
      "connection",
      "host",
      "sec-websocket-key",
      "sec-websocket-version",
      "upgrade",
    ]);
    socket.terminate();
  });

  it("fails where nothing listens, with the system's code", async () => {
    const port = await freePort();
    const error = await failureOf(openSocket(endpointFromParts({ host: "127.0.0.1", port, tls: false })));
    expect(error).toMatchObject({
      code: "unreachable",
      message: `cannot reach the Gateway at 127.0.0.1:${port}: connection refused (is the Gateway running?)`,
      details: { system: "ECONNREFUSED" },
    });
  });

  it("fails at a web server, with its answer", async () => {
    const endpoint = await serve(
      createHttpServer((_request, response) => {
        response.writeHead(404).end("<h1>not here</h1>");
      }),
    );
    expect(await failureOf(openSocket(endpoint))).toMatchObject({
      code: "not-a-gateway",
      message: `\`${endpoint.url}\` answered HTTP 404 instead of a WebSocket upgrade; check host, port and context path`,
      details: { status: 404 },
    });
  });

  it("follows no redirect", async () => {
    const other = await startGateway(async () => undefined);
    const endpoint = await serve(
      createHttpServer((_request, response) => {
        response.writeHead(302, { location: `ws://127.0.0.1:${other.port}/` }).end();
      }),
    );
    expect(await failureOf(openSocket(endpoint))).toMatchObject({
      code: "not-a-gateway",
      details: { status: 302 },
    });
    expect(other.clients).toHaveLength(0);
  });

  it("fails at a server that speaks something else", async () => {
    const endpoint = await serve(
      createServer((socket) => {
        socket.end("SSH-2.0-OpenSSH_9.2\r\n");
      }),
    );
    const error = await failureOf(openSocket(endpoint));
    expect(error.code).toBe("not-a-gateway");
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ does not speak WebSocket: .*; if it is a Gateway with TLS, use --tls$/u,
    );
  });

  it("fails at a server with a wrong accept key", async () => {
    const endpoint = await serve(
      createHttpServer().on("upgrade", (_request, socket) => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
        );
      }),
    );
    expect(await failureOf(openSocket(endpoint))).toMatchObject({ code: "not-a-gateway" });
  });

  it("fails with a hint at a TLS server behind ws://", async () => {
    const gateway = await startGateway(async () => undefined, { tls: CERTIFICATE });
    const plain = endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false });
    const error = await failureOf(openSocket(plain));
    expect(["unreachable", "not-a-gateway"]).toContain(error.code);
    expect(error.message).toMatch(/TLS/u);
    expect(gateway.clients).toHaveLength(0);
  });

  it("fails at a plain server behind wss://, with and without a pin", async () => {
    const gateway = await startGateway(async () => undefined);
    for (const pin of [undefined, "ab".repeat(32)]) {
      const error = await failureOf(openSocket(secure(gateway.endpoint, pin), undefined, {}, QUICK));
      expect(error.message).toMatch(/TLS|timed out|connection reset/u);
      expect(["tls-failed", "unreachable"]).toContain(error.code);
    }
  });

  it("gives up on a server that accepts and stays silent", async () => {
    const endpoint = await serve(createServer(() => undefined));
    for (const target of [endpoint, secure(endpoint), secure(endpoint, "ab".repeat(32))]) {
      expect(await failureOf(openSocket(target, undefined, {}, QUICK))).toMatchObject({
        code: "unreachable",
        message: `cannot reach the Gateway at 127.0.0.1:${endpoint.port}: timed out`,
        details: { system: "ETIMEDOUT" },
      });
    }
  });

  it("gives up on a server that sends a byte now and then", async () => {
    const endpoint = await serve(
      createServer((socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nX-Slow: ");
        const drip = setInterval(() => socket.write("a"), 20);
        socket.on("close", () => clearInterval(drip));
      }),
    );
    expect(await failureOf(openSocket(endpoint, undefined, {}, QUICK))).toMatchObject({
      details: { system: "ETIMEDOUT" },
    });
  });

  it("is given up by its signal, before and during the attempt", async () => {
    expect(
      await failureOf(openSocket(secure(await serve(createServer())), AbortSignal.abort())),
    ).toMatchObject({
      code: "aborted",
    });
    for (const pin of [undefined, "ab".repeat(32)]) {
      const abort = new AbortController();
      const endpoint = await serve(createServer(() => abort.abort()));
      expect(await failureOf(openSocket(secure(endpoint, pin), abort.signal))).toMatchObject({
        code: "aborted",
      });
    }
  });

  it("leaves nothing open, however it ends", async () => {
    const silent = await serve(createServer(() => undefined));
    const web = await serve(createHttpServer((_request, response) => void response.writeHead(404).end()));
    const closed = endpointFromParts({ host: "127.0.0.1", port: await freePort(), tls: false });
    const before = openSockets();
    const abort = new AbortController();
    const attempts = [silent, web, closed, secure(silent, "ab".repeat(32))].map(
      async (endpoint) => await failureOf(openSocket(endpoint, abort.signal, {}, QUICK)),
    );
    await Promise.all(attempts);
    // The servers' ends of the sockets go a moment later.
    await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
  });
});
