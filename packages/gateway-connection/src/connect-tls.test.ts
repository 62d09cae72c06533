import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { endpointFromParts, type GatewayEndpoint } from "./endpoint.ts";
import { formatFingerprint } from "./fingerprint.ts";
import { failureOf, pinOf } from "./node-profile.test.support.ts";
import { openSocket } from "./open-socket.ts";
import { openStream } from "./open-stream.ts";
import { CERTIFICATE, OTHER_NAME, SIGNED, startGateway } from "./scripted-gateway.test.support.ts";
import { formatTlsPin, pinsOf } from "./tls-pin.ts";

const path = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const AUTHORITY_FILE = path("authority-cert.pem");
const OTHER_NAME_FILE = path("other-name-cert.pem");
const SIGNED_KEY_FILE = path("signed-key.pem");
const SPKI = formatTlsPin(pinsOf(new X509Certificate(SIGNED.cert).raw).publicKey).slice("sha256//".length);
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

describe("several pins", () => {
  const pins = [pinOf(OTHER_NAME.cert), `sha256//${SPKI}`];

  it("let in whoever has one of them, with the key of a renewed certificate too", async () => {
    for (const certificate of [SIGNED, OTHER_NAME]) {
      const gateway = await startGateway(async () => undefined, { tls: certificate });
      (await openSocket(at(gateway.port, pins.join(",")))).terminate();
    }
  });

  it("with none of them nothing is sent, and the message names all that was expected and what was seen", async () => {
    const server = await observe(CERTIFICATE);
    const error = await failureOf(openSocket(at(server.port, pins.join(","))));
    expect(error.code).toBe("fingerprint-mismatch");
    const { certificate, publicKey } = pinsOf(new X509Certificate(CERTIFICATE.cert).raw);
    expect(error.message).toBe(
      `gateway tls fingerprint mismatch: expected ${formatFingerprint(pins[0] ?? "")} or sha256//${SPKI}, the server at 127.0.0.1:${server.port} has ${formatFingerprint(certificate.sha256)} with the public key ${formatTlsPin(publicKey)}; nothing was sent`,
    );
    expect(await server.received).toBe(0);
  });
});

describe("a CA file", () => {
  const own = (port: number, tlsCa: string, tlsFingerprint?: string): GatewayEndpoint =>
    endpointFromParts({ host: "127.0.0.1", port, tls: true, tlsCa, tlsFingerprint });

  it("lets in what its authority signed, for the right name", async () => {
    const gateway = await startGateway(async () => undefined, { tls: SIGNED });
    (await openSocket(own(gateway.port, AUTHORITY_FILE))).terminate();
    expect(gateway.clients).toHaveLength(1);
  });

  it("lets in nobody else; nothing was sent", async () => {
    const server = await observe(CERTIFICATE);
    const error = await failureOf(openSocket(own(server.port, AUTHORITY_FILE)));
    expect(error).toMatchObject({ code: "tls-failed", details: { system: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
    expect(await server.received).toBe(0);
  });

  it("counts beside a pin: both must fit", async () => {
    const server = await observe(SIGNED);
    const wrongPin = await failureOf(openSocket(own(server.port, AUTHORITY_FILE, WRONG_PIN)));
    expect(wrongPin.code).toBe("fingerprint-mismatch");
    expect(await server.received).toBe(0);
    const other = await observe(CERTIFICATE);
    const right = own(other.port, AUTHORITY_FILE, pinOf(CERTIFICATE.cert));
    expect((await failureOf(openSocket(right))).code).toBe("tls-failed");
    expect(await other.received).toBe(0);
  });

  it.each([
    ["absent", path("absent.pem"), "does not exist"],
    ["a directory", "/", "is not a file"],
    ["endless", "/dev/zero", "is not a file"],
    ["without a certificate", SIGNED_KEY_FILE, "holds no certificate in PEM form"],
  ])("that is %s sends nothing and says so", async (_what, file, why) => {
    const server = await observe(SIGNED);
    const error = await failureOf(openSocket(own(server.port, file)));
    expect(error.code).toBe("bad-ca-file");
    expect(error.message).toContain(why);
  });
});

describe("a TLS connection without a pin", () => {
  it("refuses a self-signed certificate and says what to do; nothing was sent", async () => {
    const server = await observe(CERTIFICATE);
    const error = await failureOf(openSocket(at(server.port)));
    expect(error).toMatchObject({
      code: "tls-failed",
      message: `the TLS certificate of 127.0.0.1:${server.port} was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT); pin it with --tls-fingerprint if it is the Gateway's own, or name its authority with --tls-ca`,
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

it("the authorities of the system count where the runtime does not know them", async () => {
  const gateway = await startGateway(async () => undefined, { tls: SIGNED });
  const give = new AbortController().signal;
  await expect(openStream(at(gateway.port), give, { SSL_CERT_FILE: "/dev/null" })).rejects.toMatchObject({
    details: { system: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
  });
  const stream = await openStream(at(gateway.port), give, { SSL_CERT_FILE: AUTHORITY_FILE });
  expect(stream?.destroyed).toBe(false);
  stream?.destroy();
  // Another name stays another name.
  const other = await startGateway(async () => undefined, { tls: OTHER_NAME });
  const trusted = { SSL_CERT_FILE: OTHER_NAME_FILE };
  await expect(openStream(at(other.port), give, trusted)).rejects.toMatchObject({
    details: { system: "ERR_TLS_CERT_ALTNAME_INVALID" },
  });
});

it("the authorities of the system never stand in for a pin or a CA file", async () => {
  const own = await observe(SIGNED);
  const give = new AbortController().signal;
  const system = { SSL_CERT_FILE: AUTHORITY_FILE };
  for (const trust of [{ tlsCa: OTHER_NAME_FILE }, { tlsFingerprint: WRONG_PIN }]) {
    const endpoint = endpointFromParts({ host: "127.0.0.1", port: own.port, tls: true, ...trust });
    await expect(openStream(endpoint, give, system)).rejects.toMatchObject({
      code: "tlsCa" in trust ? "tls-failed" : "fingerprint-mismatch",
    });
  }
  expect(await own.received).toBe(0);
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
