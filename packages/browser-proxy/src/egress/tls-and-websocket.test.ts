import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as tlsConnect, createServer as createTlsServer } from "node:tls";

import { describe, expect, it } from "vitest";

import {
  endLater,
  gone,
  listening,
  readUntil,
  startHttp,
  startProxy,
  tunnel,
} from "./egress.test.support.ts";

/** A key that both sides know: TLS without certificates. */
const shared = { psk: Buffer.alloc(32, 7), identity: "test" };
const tlsOptions = { ciphers: "PSK-AES128-GCM-SHA256:PSK", maxVersion: "TLSv1.2" as const };

describe("through a tunnel", () => {
  it("TLS is the browser's and the host's alone", async () => {
    const server = createTlsServer({ ...tlsOptions, pskCallback: () => shared.psk }, (socket) => {
      socket.pipe(socket);
    });
    const port = await listening(server);
    endLater(() => void server.close());
    const under = await startProxy({ resolve: () => Promise.resolve(["93.184.216.34"]) });
    const { socket } = await tunnel(under, `secure.example:${String(port)}`);
    const secure = tlsConnect({
      ...tlsOptions,
      socket,
      pskCallback: () => shared,
      checkServerIdentity: () => undefined,
    });
    await once(secure, "secureConnect");
    secure.write("hello|");
    expect(await readUntil(secure, "|")).toBe("hello|");
    secure.destroy();
    await gone(socket);
    await expect.poll(() => under.records.at(-1)?.kind).toBe("ended");
  });

  it("a WebSocket lives, and idles no longer than the limit", async () => {
    const { server, port } = await startHttp((_, answer) => answer.end());
    server.on("upgrade", (request, socket) => {
      socket.on("error", () => undefined);
      const key = request.headers["sec-websocket-key"] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    const under = await startProxy({
      config: { allowedHostnames: [`localhost:${String(port)}`] },
      resolve: () => Promise.resolve(["127.0.0.1"]),
      limits: { tunnelIdleMs: 200 },
    });
    const { socket } = await tunnel(under, `localhost:${String(port)}`);
    socket.write(
      `GET /chat HTTP/1.1\r\nHost: localhost:${String(port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    expect(await readUntil(socket, "\r\n\r\n")).toContain("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    socket.write("\u0001frame\n");
    expect(await readUntil(socket, "\n")).toBe("\u0001frame\n");
    await gone(socket);
  });

  it("a plain upgrade is no WebSocket: the header does not pass", async () => {
    const seen: string[] = [];
    const { port } = await startHttp((request, answer) => {
      seen.push(...request.rawHeaders);
      answer.end("plain");
    });
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const { get } = await import("./egress.test.support.ts");
    const answer = await get(
      under,
      `http://127.0.0.1:${String(port)}/`,
      "Upgrade: h2c\r\nHTTP2-Settings: x\r\n",
    );
    expect(answer).toMatch(/ 200 [^]*plain$/);
    expect(seen.join("\n")).not.toMatch(/upgrade|h2c|http2/i);
  });
});
