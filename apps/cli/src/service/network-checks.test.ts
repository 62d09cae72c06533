import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { startDevGateway } from "@openclaw/dev-gateway";
import {
  ConnectionError,
  endpointFromParts,
  probeGateway,
  type ConnectionErrorCode,
  type EndpointInput,
  type GatewayProbe,
  type Rung,
  type TlsReport,
} from "@openclaw/gateway-connection";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "./doctor-check.ts";
import { NETWORK_RUNGS } from "./doctor-rungs.ts";
import { networkChecks, type NetworkContext } from "./network-checks.ts";

const fixtureFile = (name: string): string =>
  fileURLToPath(new URL(`../../../../packages/gateway-connection/fixtures/${name}`, import.meta.url));
const pair = (name: string): { readonly key: string; readonly cert: string } => ({
  key: readFileSync(fixtureFile(`${name}-key.pem`), "utf8"),
  cert: readFileSync(fixtureFile(`${name}-cert.pem`), "utf8"),
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const web = async (listener: RequestListener): Promise<number> => await listen(createHttpServer(listener));
const answering = async (status: number, headers: Record<string, string> = {}): Promise<number> =>
  await web((_request, response) => response.writeHead(status, headers).end());

async function climb(
  parts: Partial<EndpointInput> & { readonly port: number },
  context: Partial<NetworkContext> = {},
  now?: () => number,
): Promise<readonly Check[]> {
  const endpoint = endpointFromParts({ host: "127.0.0.1", tls: false, ...parts });
  const probe = await probeGateway(endpoint, {
    env: {},
    limits: { probeStepMs: 400 },
    ...(now === undefined ? {} : { now }),
  });
  return networkChecks(probe, { endpoint, connected: false, hasHeaders: false, ...context });
}

/** The first trouble: its rung and its code; the rungs behind it have to say that they were not reached. */
function trouble(checks: readonly Check[]): string {
  expect(checks.map(({ id }) => id)).toEqual([...NETWORK_RUNGS]);
  const at = checks.findIndex(({ level }) => level === "error" || level === "warning");
  if (at < 0) return "none";
  const { id, code, text, remedy } = checks[at] ?? { id: "", text: "" };
  expect([text, remedy]).not.toContain("");
  for (const { level } of checks.slice(at + 1)) expect(level).toBe("not-reached");
  return `${id} ${code}`;
}

describe("the network rungs of doctor", () => {
  it("are all well up to a Gateway, which sees no credential", async () => {
    const gateway = await startDevGateway({ token: "t0ken" });
    onTestFinished(async () => await gateway.close());
    const checks = await climb({ port: gateway.port });
    expect(checks.map(({ level }) => level)).toEqual(NETWORK_RUNGS.map(() => "ok"));
    expect(checks.map(({ text }) => text).join("\n")).toMatch(
      /127\.0\.0\.1 answers in \d+ ms[^]*a Gateway spoke/u,
    );
  });

  it("tell the clocks apart", async () => {
    const gateway = await startDevGateway({ token: "t0ken" });
    onTestFinished(async () => await gateway.close());
    const checks = await climb({ port: gateway.port }, {}, () => Date.now() - 3_600_000);
    expect(checks.at(-1)).toMatchObject({
      level: "warning",
      code: "clock-wrong",
      text: "this machine is 60 min behind the Gateway",
    });
  });

  it.each<[string, string, () => Promise<number>, Partial<EndpointInput>]>([
    ["a name nobody knows", "dns name-unknown", async () => 1, { host: `${"x".repeat(70)}.test`, tls: true }],
    ["a port that refuses", "tcp connection-refused", closedPort, {}],
    ["a server without TLS", "tls no-tls-there", async () => await answering(200), { tls: true }],
    ["a self-signed certificate", "tls authority-unknown", async () => await tls("gateway"), { tls: true }],
    [
      "another pin",
      "tls pin-mismatch",
      async () => await tls("gateway"),
      { tlsFingerprint: "ab".repeat(32) },
    ],
    [
      "another name",
      "tls other-name",
      async () => await tls("other-name"),
      { tlsCa: fixtureFile("other-name-cert.pem") },
    ],
    [
      "an expired one",
      "tls certificate-expired",
      async () => await tls("expired"),
      { tlsCa: fixtureFile("expired-cert.pem") },
    ],
    [
      "a CA file that is none",
      "tls bad-ca-file",
      async () => await tls("gateway"),
      { tlsCa: "/nowhere/ca.pem" },
    ],
    [
      "a redirect",
      "in-the-way redirect",
      async () => await answering(302, { location: "https://sso.example" }),
      {},
    ],
    [
      "a captive portal",
      "in-the-way captive-portal",
      async () => await answering(200, { "content-type": "text/html" }),
      {},
    ],
    ["a captive portal that says so", "in-the-way captive-portal", async () => await answering(511), {}],
    ["an access proxy", "in-the-way door-closed", async () => await answering(403), {}],
    ["a proxy without its Gateway", "in-the-way behind-it-away", async () => await answering(502), {}],
    ["a web server", "upgrade wrong-path", async () => await answering(404), {}],
    ["a lost upgrade", "upgrade upgrade-dropped", async () => await answering(426), {}],
    ["TLS behind ws", "upgrade tls-expected", async () => await tls("gateway"), {}],
    [
      "another protocol",
      "upgrade no-gateway-there",
      async () => await listen(createServer((socket) => socket.end("SSH-2.0-x\r\n"))),
      { tls: false },
    ],
    ["silence", "upgrade upgrade-silent", async () => await listen(createServer()), {}],
  ])("find %s: %s", async (_what, expected, port, parts) => {
    const found = trouble(await climb({ port: await port(), ...parts }));
    // What is no HTTP and what is TLS look the same to who speaks neither.
    if (expected.endsWith("no-gateway-there"))
      expect(found).toMatch(/^upgrade (?:no-gateway-there|tls-expected)$/u);
    else expect(found).toBe(expected);
  });

  it("say where a redirect leads, without obeying what stands in it", async () => {
    const port = await web((_request, response) => {
      response.socket?.end("HTTP/1.1 302 Found\r\nLocation: https://x.example/\u001b[2J\r\n\r\n");
    });
    const checks = await climb({ port });
    expect(checks.find(({ id }) => id === "in-the-way")?.text ?? "").not.toContain("\u001b");
  });

  it("warn only, where the host is connected or has headers for the door", async () => {
    const port = await answering(403);
    for (const context of [{ connected: true }, { hasHeaders: true }])
      expect((await climb({ port }, context)).find(({ id }) => id === "in-the-way")?.level).toBe("warning");
  });
});

describe("what the system and the Gateway say", () => {
  const failed = (code: ConnectionErrorCode, details: ConnectionError["details"] = {}): Rung<never> => ({
    kind: "failed",
    error: new ConnectionError(code, "it went wrong", details),
  });
  const REACHED: GatewayProbe = {
    dns: { kind: "ok", value: ["10.0.0.1"] },
    tcp: { kind: "ok", value: { address: "10.0.0.1", ms: 1 } },
    proxy: { kind: "not-needed" },
    tls: { kind: "not-needed" },
    upgrade: { kind: "not-reached" },
    challenge: { kind: "not-reached" },
    clock: { kind: "not-reached" },
  };

  it.each<[string, Partial<GatewayProbe>]>([
    ["dns name-server-silent", { dns: failed("unreachable", { system: "EAI_AGAIN" }) }],
    ["proxy proxy-away", { dns: failed("proxy-failed", { system: "ENOTFOUND" }) }],
    ["tcp no-answer", { tcp: failed("unreachable", { system: "ETIMEDOUT" }) }],
    ["tcp no-route", { tcp: failed("unreachable", { system: "ENETUNREACH" }) }],
    ["tcp connection-failed", { tcp: failed("unreachable", { system: "EPERM" }) }],
    ["proxy proxy-away", { tcp: failed("proxy-failed", { system: "ECONNREFUSED" }) }],
    ["proxy proxy-refused", { proxy: failed("proxy-failed") }],
    ["tls certificate-early", { tls: failed("tls-failed", { system: "CERT_NOT_YET_VALID" }) }],
    ["tls certificate-refused", { tls: failed("tls-failed", { system: "CERT_REVOKED" }) }],
    ["challenge no-challenge", { challenge: failed("handshake-timeout") }],
    ["challenge gateway-starting", { challenge: failed("closed", { close: { code: 1013, reason: "" } }) }],
  ])("is %s", (expected, parts) => {
    const endpoint = endpointFromParts({ host: "10.0.0.1", port: 1, tls: true });
    const context = { endpoint, connected: false, hasHeaders: false };
    expect(trouble(networkChecks({ ...REACHED, ...parts }, context))).toBe(expected);
  });

  it.each([
    [13, undefined, "warning"],
    [15, undefined, "ok"],
    [13, "ab".repeat(32), "ok"],
  ])("of a certificate for %i more days, with the pin %s, is %s", (days, tlsFingerprint, level) => {
    const validToMs = Date.now() + days * 86_400_000;
    const chain = [{ validToMs }] as unknown as TlsReport["chain"];
    const shown = { kind: "ok", value: { protocol: "TLSv1.3", chain, trust: "runtime" } } as const;
    const endpoint = endpointFromParts({ host: "10.0.0.1", port: 1, tls: true, tlsFingerprint });
    const context = { endpoint, connected: false, hasHeaders: false };
    const checks = networkChecks({ ...REACHED, tls: shown }, context);
    expect(checks.find(({ id }) => id === "tls")?.level).toBe(level);
  });

  it("looks at nothing behind a proxy that nobody can name", () => {
    const endpoint = endpointFromParts({ host: "10.0.0.1", port: 1, tls: true });
    const none = { kind: "not-reached" } as const;
    const probe = { ...REACHED, dns: none, tcp: none, tls: none, proxy: failed("bad-proxy") };
    const checks = networkChecks(probe, { endpoint, connected: false, hasHeaders: false });
    expect(checks.filter(({ level }) => level !== "not-reached").map(({ code }) => code)).toEqual([
      "bad-proxy",
    ]);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function tls(name: string): Promise<number> {
  return await listen(createTlsServer(pair(name)));
}
