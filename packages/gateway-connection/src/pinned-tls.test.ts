import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import * as tls from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { endpointFromParts, type GatewayEndpoint } from "./endpoint.ts";
import { formatFingerprint } from "./fingerprint.ts";
import { failureOf, pinOf } from "./node-profile.test.support.ts";
import { openSocket } from "./open-socket.ts";
import { CERTIFICATE, OTHER_NAME, startGateway } from "./scripted-gateway.test.support.ts";

const WRONG_PIN = "ab".repeat(32);
const servers: tls.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const at = (port: number, tlsFingerprint?: string, host = "127.0.0.1"): GatewayEndpoint =>
  endpointFromParts({ host, port, tls: true, tlsFingerprint });

interface Observed {
  readonly port: number;
  /** Bytes of application data that the server had got when the client's TCP connection was gone. */
  readonly received: Promise<number>;
}

/** A TLS server that counts each byte of application data, and says nothing. */
async function observe(options: tls.TlsOptions): Promise<Observed> {
  let bytes = 0;
  const server = tls.createServer(options);
  servers.push(server);
  server.on("secureConnection", (socket) => {
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  const received = new Promise<number>((resolve) => {
    server.on("connection", (socket: Socket) => socket.on("close", () => resolve(bytes)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, received };
}

it("the counting server does see what a client sends", async () => {
  const server = await observe(CERTIFICATE);
  const socket = tls.connect({ port: server.port, host: "127.0.0.1", rejectUnauthorized: false });
  socket.end("GET /");
  expect(await server.received).toBe(5);
});

describe("a pinned connection", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("with a wrong pin sends not one byte (%s)", async (version) => {
    const server = await observe({ ...CERTIFICATE, minVersion: version, maxVersion: version });
    const error = await failureOf(openSocket(at(server.port, WRONG_PIN)));
    expect(error.code).toBe("fingerprint-mismatch");
    expect(error.message).toBe(
      `gateway tls fingerprint mismatch: expected ${formatFingerprint(WRONG_PIN)}, the server at 127.0.0.1:${server.port} has ${formatFingerprint(pinOf(CERTIFICATE.cert))}; nothing was sent`,
    );
    expect(await server.received).toBe(0);
  });

  it("with the right pin accepts a self-signed certificate, of whatever name", async () => {
    for (const certificate of [CERTIFICATE, OTHER_NAME]) {
      const gateway = await startGateway(async () => undefined, { tls: certificate });
      for (const host of ["127.0.0.1", "localhost"]) {
        const socket = await openSocket(at(gateway.port, pinOf(certificate.cert), host));
        expect(socket.readyState).toBe(socket.OPEN);
        socket.terminate();
      }
      expect(gateway.clients).toHaveLength(2);
    }
  });

  it("compares the leaf, not an issuer that the server sends with it", async () => {
    const chain = { key: CERTIFICATE.key, cert: CERTIFICATE.cert + OTHER_NAME.cert };
    const server = await observe(chain);
    const error = await failureOf(openSocket(at(server.port, pinOf(OTHER_NAME.cert))));
    expect(error.code).toBe("fingerprint-mismatch");
    expect(await server.received).toBe(0);
  });
});

describe("a TLS connection without a pin", () => {
  it("refuses a self-signed certificate and says what to do; nothing was sent", async () => {
    const server = await observe(CERTIFICATE);
    const error = await failureOf(openSocket(at(server.port)));
    expect(error).toMatchObject({
      code: "tls-failed",
      message: `the TLS certificate of 127.0.0.1:${server.port} was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT); pin it with --tls-fingerprint if it is the Gateway's own`,
      details: { system: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    expect(await server.received).toBe(0);
  });

  it("trusts what the system trusts, for the right name only", async () => {
    const good = await startGateway(async () => undefined, { tls: CERTIFICATE });
    await trusting(CERTIFICATE.cert, async () => {
      (await openSocket(at(good.port))).terminate();
    });
    const other = await startGateway(async () => undefined, { tls: OTHER_NAME });
    await trusting(OTHER_NAME.cert, async () => {
      expect(await failureOf(openSocket(at(other.port)))).toMatchObject({
        code: "tls-failed",
        details: { system: "ERR_TLS_CERT_ALTNAME_INVALID" },
      });
    });
    expect([good.clients.length, other.clients.length]).toEqual([1, 0]);
  });
});

/** Runs with one more authority in the runtime's store; newer than the types that we build against. */
async function trusting(certificate: string, run: () => Promise<void>): Promise<void> {
  const store = tls as typeof tls & {
    getCACertificates(type: "default"): string[];
    setDefaultCACertificates(certificates: readonly string[]): void;
  };
  const before = store.getCACertificates("default");
  store.setDefaultCACertificates([...before, certificate]);
  try {
    await run();
  } finally {
    store.setDefaultCACertificates(before);
  }
}
