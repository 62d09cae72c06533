import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { endpointFromParts, type EndpointInput, type GatewayEndpoint } from "./endpoint.ts";
import type { ConnectionErrorCode } from "./errors.ts";
import { FAILURE_ROWS, type FailureReaction } from "./failure-rows.ts";
import type { LinkOptions } from "./gateway-link.ts";
import { runLink } from "./gateway-link.test.support.ts";
import { failureOf, IDENTITY, NODE_PROFILE, pinOf } from "./node-profile.test.support.ts";
import {
  CERTIFICATE,
  EXPIRED,
  freePort,
  startGateway,
  type Script,
} from "./scripted-gateway.test.support.ts";
import { openSession } from "./session.ts";
import { startHttpProxy } from "./stand-in-proxy.test.support.ts";

/** What an attempt is made with, so that it fails in a way that really happens. */
type Attempt = Pick<LinkOptions, "endpoint"> & Partial<Pick<LinkOptions, "way" | "limits" | "profile">>;

interface Cause {
  readonly code: ConnectionErrorCode;
  readonly only?: string;
  /** Written out once more: a row that changes has to be meant. */
  readonly reaction: FailureReaction;
  readonly make: () => Promise<Attempt>;
}

const at = (port: number, more: Partial<EndpointInput> = {}): GatewayEndpoint =>
  endpointFromParts({ host: "127.0.0.1", port, tls: false, ...more });
/** Not the loopback, so that proxies count; nobody looks the name up. */
const FAR = endpointFromParts({ host: "gw.test", port: 443, tls: true });

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

const web = async (status: number): Promise<Attempt> => {
  const server = createHttpServer((_, response) => response.writeHead(status).end("a page"));
  server.on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\n\r\n`));
  return { endpoint: at(await listening(server)) };
};
const speaking = async (script: Script, more: Partial<Attempt> = {}): Promise<Attempt> => ({
  endpoint: (await startGateway(script)).endpoint,
  ...more,
});
const tlsGateway = async (tls: typeof CERTIFICATE, more: Partial<EndpointInput>): Promise<Attempt> => {
  const { port } = await startGateway(async () => undefined, { tls });
  return { endpoint: at(port, more) };
};
const caFile = async (text?: string): Promise<Attempt> => {
  const dir = mkdtempSync(join(tmpdir(), "openclaw-ca-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const tlsCa = join(dir, "ca.pem");
  if (text !== undefined) writeFileSync(tlsCa, text);
  return await tlsGateway(CERTIFICATE, { tlsCa });
};
const throughProxy = (https_proxy: string): Attempt => ({ endpoint: FAR, way: { env: { https_proxy } } });
const header = async (name: string, value: string): Promise<Attempt> =>
  await speaking(async () => undefined, { way: { env: {}, headers: async () => [{ name, value }] } });

const CAUSES: Readonly<Record<string, Cause>> = {
  "a closed port": {
    code: "unreachable",
    only: "ECONNREFUSED",
    reaction: "gateway-restarts",
    make: async () => ({ endpoint: at(await freePort()) }),
  },
  "a server that takes the connection and is silent": {
    code: "unreachable",
    reaction: "reconnect",
    make: async () => ({ endpoint: at(await listening(createServer())), limits: { openMs: 150 } }),
  },
  "a server that resets": {
    code: "unreachable",
    reaction: "reconnect",
    make: async () => ({
      endpoint: at(
        await listening(createServer((socket) => socket.once("data", () => socket.resetAndDestroy()))),
      ),
    }),
  },
  "a proxy that nobody runs": {
    code: "proxy-failed",
    reaction: "reconnect",
    make: async () => throughProxy(`http://127.0.0.1:${await freePort()}`),
  },
  "a proxy that refuses": {
    code: "proxy-failed",
    reaction: "reconnect",
    make: async () => {
      const proxy = await startHttpProxy(undefined, "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
      return throughProxy(`http://127.0.0.1:${proxy.port}`);
    },
  },
  "a proxy variable of another scheme": {
    code: "bad-proxy",
    reaction: "fix",
    make: async () => throughProxy("ftp://127.0.0.1:21"),
  },
  "a proxy variable that is no address": {
    code: "bad-proxy",
    reaction: "fix",
    make: async () => throughProxy("http://:::"),
  },
  ...Object.fromEntries(
    [502, 503, 504].map((status): [string, Cause] => [
      `a reverse proxy without its Gateway (${status})`,
      {
        code: "not-a-gateway",
        only: "502 503 504",
        reaction: "gateway-restarts",
        make: async () => await web(status),
      },
    ]),
  ),
  "a web server": { code: "not-a-gateway", reaction: "reconnect", make: async () => await web(404) },
  "a redirect": { code: "not-a-gateway", reaction: "reconnect", make: async () => await web(302) },
  "a server of something else": {
    code: "not-a-gateway",
    reaction: "reconnect",
    make: async () => ({
      endpoint: at(await listening(createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")))),
    }),
  },
  ...Object.fromEntries(
    [1012, 1013].map((code): [string, Cause] => [
      `a Gateway that starts or stops (${code})`,
      {
        code: "closed",
        only: "1012 1013",
        reaction: "gateway-restarts",
        make: async () => await speaking(async ({ socket }) => socket.close(code, "gateway starting")),
      },
    ]),
  ),
  "a Gateway that closes before it answers": {
    code: "closed",
    reaction: "reconnect",
    make: async () => await speaking(async ({ socket }) => socket.close(1008, "invalid handshake")),
  },
  "a WebSocket without a Gateway behind it": {
    code: "handshake-timeout",
    reaction: "reconnect",
    make: async () => await speaking(async () => undefined, { limits: { handshakeMs: 150 } }),
  },
  "a WebSocket that speaks otherwise": {
    code: "protocol-violation",
    reaction: "reconnect",
    make: async () =>
      await speaking(async (client) => {
        const { id } = await client.challenge();
        client.answer(id, { type: "welcome" });
      }),
  },
  "another certificate than the pinned one": {
    code: "fingerprint-mismatch",
    reaction: "fix",
    make: async () => await tlsGateway(CERTIFICATE, { tlsFingerprint: "ab".repeat(32) }),
  },
  "a certificate that nobody vouches for": {
    code: "tls-failed",
    reaction: "fix",
    make: async () => await tlsGateway(CERTIFICATE, { tls: true }),
  },
  "an expired certificate": {
    code: "tls-failed",
    reaction: "fix",
    make: async () => await tlsGateway(EXPIRED, { tls: true }),
  },
  "TLS to a port without it": {
    code: "tls-failed",
    reaction: "fix",
    make: async () => {
      const { port } = await startGateway(async () => undefined);
      return { endpoint: at(port, { tlsFingerprint: pinOf(CERTIFICATE.cert) }) };
    },
  },
  "no TLS to a port with it": {
    code: "unreachable",
    reaction: "reconnect",
    make: async () => await tlsGateway(CERTIFICATE, {}),
  },
  "a CA file that is not there": { code: "bad-ca-file", reaction: "fix", make: async () => await caFile() },
  "a CA file of garbage": {
    code: "bad-ca-file",
    reaction: "fix",
    make: async () => await caFile("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
  },
  "a header value of two lines": {
    code: "bad-header",
    reaction: "fix",
    make: async () => await header("x-door", "a\r\nb"),
  },
  "a header of the connection itself": {
    code: "bad-header",
    reaction: "fix",
    make: async () => await header("host", "x"),
  },
  "a search path beyond every frame": {
    code: "too-large",
    reaction: "fix",
    make: async () =>
      await speaking(async (client) => client.challenge(), {
        profile: { ...NODE_PROFILE, pathEnv: "/a:".repeat(40_000) },
      }),
  },
};

/** What follows, in the words of the machine. */
const FOLLOWS: Readonly<Record<FailureReaction, string>> = {
  reconnect: "network",
  "gateway-restarts": "gateway-down",
  fix: "credentials",
};
const keyOf = (code: string, only = ""): string => `${code} ${only}`.trim();

it("each row of what can fail has a cause here, and no cause is without one", () => {
  const rows = FAILURE_ROWS.map(({ code, only }) => keyOf(code, only?.join(" ")));
  const caused = new Set(Object.values(CAUSES).map(({ code, only }) => keyOf(code, only)));
  expect([...caused].toSorted()).toEqual(rows.toSorted());
});

describe.each(Object.entries(CAUSES))("%s", (_name, { code, only, reaction, make }) => {
  it(`is ${keyOf(code, only)} and leads to ${reaction}`, async () => {
    const attempt = await make();
    const error = await failureOf(
      openSession({
        profile: NODE_PROFILE,
        identity: IDENTITY,
        credential: {},
        onEvent: () => undefined,
        ...attempt,
      }),
    );
    expect(error.code).toBe(code);
    const { system, status, close } = error.details;
    const fact = String(system ?? status ?? close?.code ?? "none");
    if (only === undefined) expect(["ECONNREFUSED", "502", "503", "504", "1012", "1013"]).not.toContain(fact);
    else expect(only.split(" ")).toContain(fact);

    const { endpoint, ...options } = attempt;
    // A host that was connected once goes on, each in its own pace.
    const known = runLink(endpoint, { ...options, everReady: true });
    expect(await known.reached("waiting")).toMatchObject({ state: "backing-off", cause: FOLLOWS[reaction] });
    // One that never was ends where only a person can help.
    const fresh = runLink(endpoint, { ...options, everReady: false });
    if (reaction === "fix") expect(await fresh.end).toMatchObject({ kind: "stopped", code });
    else expect(await fresh.reached("waiting")).toMatchObject({ cause: FOLLOWS[reaction] });
  });
});
