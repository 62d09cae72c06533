import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endpointFromParts, type GatewayEndpoint } from "./endpoint.ts";
import { failureOf, openSockets, pinOf } from "./node-profile.test.support.ts";
import { openSocket } from "./open-socket.ts";
import { CERTIFICATE, freePort, SIGNED, startGateway } from "./scripted-gateway.test.support.ts";
import { startHttpProxy, startSocksProxy, type StandInProxy } from "./stand-in-proxy.test.support.ts";

const AUTHORITY_FILE = fileURLToPath(new URL("../fixtures/authority-cert.pem", import.meta.url));
const PLAIN = { host: "10.9.9.9", port: 18_789, tls: false };
const plain = endpointFromParts(PLAIN);
const secure = (more: object = { tlsCa: AUTHORITY_FILE }): GatewayEndpoint =>
  endpointFromParts({ host: "gw.test", port: 443, tls: true, ...more });

async function opens(endpoint: GatewayEndpoint, env: Readonly<Record<string, string>>): Promise<void> {
  const socket = await openSocket(endpoint, undefined, { env });
  expect(socket.readyState).toBe(socket.OPEN);
  socket.terminate();
}
const fails = async (endpoint: GatewayEndpoint, env: Readonly<Record<string, string>>): Promise<string> => {
  const error = await failureOf(openSocket(endpoint, undefined, { env }));
  return `${error.code}: ${error.message}`;
};
const where = ({ port }: StandInProxy): string => `127.0.0.1:${port}`;

describe("an HTTP proxy", () => {
  it("is asked for the Gateway by its name, and the upgrade goes through it", async () => {
    const gateway = await startGateway(async () => undefined);
    const proxy = await startHttpProxy(gateway.port);
    await opens(plain, { http_proxy: `http://${where(proxy)}` });
    expect(proxy.asked).toEqual(["CONNECT 10.9.9.9:18789 HTTP/1.1\r\nHost: 10.9.9.9:18789\r\n\r\n"]);
    expect(gateway.clients).toHaveLength(1);
  });

  it("carries TLS end to end: the certificate is the Gateway's", async () => {
    const gateway = await startGateway(async () => undefined, { tls: SIGNED });
    const proxy = await startHttpProxy(gateway.port);
    const env = { HTTPS_PROXY: where(proxy) };
    await opens(secure(), env);
    await opens(secure({ tlsFingerprint: pinOf(SIGNED.cert) }), env);
    expect(gateway.clients).toHaveLength(2);
    // The authority of the system is the second try, with a second tunnel.
    await opens(secure({}), { ...env, SSL_CERT_FILE: AUTHORITY_FILE });
    expect(proxy.asked).toHaveLength(4);
  });

  it("cannot stand in for the Gateway: a wrong pin gives nothing away", async () => {
    const gateway = await startGateway(async () => undefined, { tls: CERTIFICATE });
    const proxy = await startHttpProxy(gateway.port);
    expect(await fails(secure({ tlsFingerprint: "ab".repeat(32) }), { all_proxy: where(proxy) })).toMatch(
      /^fingerprint-mismatch: .*the server at gw\.test:443 has .*; nothing was sent$/u,
    );
    expect(gateway.clients).toHaveLength(0);
  });

  it("gets the user and password of its address, and only the proxy gets them", async () => {
    const gateway = await startGateway(async () => undefined);
    const proxy = await startHttpProxy(gateway.port);
    await opens(plain, { HTTP_PROXY: `http://ann:p%40ss%3Aw%C3%B6rd@${where(proxy)}` });
    const login = Buffer.from("ann:p@ss:wörd", "utf8").toString("base64");
    expect(proxy.asked[0]).toContain(`\r\nProxy-Authorization: Basic ${login}\r\n`);
    expect(Object.keys(gateway.clients[0]?.upgrade.headers ?? {})).not.toContain("proxy-authorization");
  });

  it("with TLS of its own is judged by its own certificate", async () => {
    const gateway = await startGateway(async () => undefined);
    const proxy = await startHttpProxy(gateway.port, undefined, SIGNED);
    const env = { http_proxy: `https://${where(proxy)}` };
    await opens(plain, { ...env, SSL_CERT_FILE: AUTHORITY_FILE });
    expect(await fails(plain, { ...env, SSL_CERT_FILE: "/dev/null" })).toMatch(
      /^proxy-failed: .* the proxy https:\/\/127\.0\.0\.1:\d+ \(http_proxy\) cannot be used: the TLS certificate/u,
    );
  });

  it.each([
    [
      "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
      "answered HTTP 407 Proxy Authentication Required; it does not accept",
    ],
    ["HTTP/1.0 403 For\u001b[2Jbidden\r\nX: y\r\n\r\n", "answered HTTP 403 For [2Jbidden"],
    ["HTTP/1.1 503\r\n\r\n", "answered HTTP 503"],
    ["SSH-2.0-OpenSSH\r\n\r\n", "does not answer as an HTTP proxy"],
    [`HTTP/1.1 200 OK\r\n${"x".repeat(20_000)}`, "answered more than 16384 bytes"],
  ])("that says %j is named, without its password", async (answer, expected) => {
    const proxy = await startHttpProxy(undefined, answer);
    const message = await fails(plain, { http_proxy: `http://ann:hush-hush@${where(proxy)}` });
    expect(message).toContain(
      `proxy-failed: no way to the Gateway at 10.9.9.9:18789: the proxy http://${where(proxy)} (http_proxy) ${expected}`,
    );
    expect(message).not.toMatch(/hush|ann/u);
  });

  it("that is not there is named", async () => {
    const port = await freePort();
    expect(await fails(plain, { http_proxy: `127.0.0.1:${port}` })).toBe(
      `proxy-failed: no way to the Gateway at 10.9.9.9:18789: the proxy http://127.0.0.1:${port} (http_proxy) cannot be used: connection refused`,
    );
  });

  it("that keeps silent is given up on, and so is one that nobody waits for any more", async () => {
    const proxy = await startHttpProxy(undefined, "HTTP/1.1 200 OK\r\n");
    const { openTunnel } = await import("./proxy-tunnel.ts");
    const { proxyFor } = await import("./proxy-choice.ts");
    const env = { http_proxy: where(proxy) };
    const address = proxyFor(plain, env);
    if (address === undefined) throw new Error("no proxy");
    const never = new AbortController().signal;
    const before = openSockets();
    const error = await failureOf(openTunnel(plain, address, never, env, { proxyMs: 50 }));
    expect(error.message).toContain("did not answer within 0.05 s");
    const abort = new AbortController();
    const given = failureOf(openSocket(plain, abort.signal, { env }));
    abort.abort();
    expect((await given).code).toBe("aborted");
    await expect.poll(openSockets).toBeLessThanOrEqual(before + 2);
  });

  it("that cannot be understood is an error that shows no secret", async () => {
    const message = await fails(plain, { http_proxy: "ftp://ann:hush-hush@proxy:21" });
    expect(message).toMatch(/^bad-proxy: the proxy in http_proxy must begin with http:\/\//u);
    expect(message).not.toContain("hush");
  });
});

describe("a SOCKS proxy", () => {
  it.each([false, true])("leads to the Gateway, with answers in pieces: %s", async (pieces) => {
    const gateway = await startGateway(async () => undefined, { tls: SIGNED });
    const proxy = await startSocksProxy(gateway.port, { pieces });
    await opens(secure(), { https_proxy: `socks5h://${where(proxy)}` });
    // version, connect, nothing, a name, its length, `gw.test`, 443
    expect(proxy.asked).toEqual([`0501000307${Buffer.from("gw.test").toString("hex")}01bb`]);
  });

  it.each([
    ["10.9.9.9", "050100010a090909"],
    ["fd00::7:1", "05010004fd000000000000000000000000070001"],
  ])("is given %s as bytes", async (host, hex) => {
    const gateway = await startGateway(async () => undefined);
    const proxy = await startSocksProxy(gateway.port);
    await opens(endpointFromParts({ ...PLAIN, host }), { ALL_PROXY: `socks5://${where(proxy)}` });
    expect(proxy.asked).toEqual([`${hex}4965`]);
  });

  it("gets a user and password only when it wants them", async () => {
    const gateway = await startGateway(async () => undefined);
    const strict = await startSocksProxy(gateway.port, { login: "ann:hush-hush" });
    await opens(plain, { all_proxy: `socks5://ann:hush-hush@${where(strict)}` });
    const open = await startSocksProxy(gateway.port);
    await opens(plain, { all_proxy: `socks5://ann:hush-hush@${where(open)}` });
    const wrong = await fails(plain, { all_proxy: `socks5://ann:hush@${where(strict)}` });
    expect(wrong).toContain("does not accept the user name and password of its address");
    expect(wrong).not.toContain("hush");
    expect(await fails(plain, { all_proxy: `socks5://${where(strict)}` })).toContain(
      "wants a user name and password",
    );
  });

  it("that refuses is named with its reason", async () => {
    const proxy = await startSocksProxy(1, { reply: 2 });
    expect(await fails(plain, { all_proxy: `socks5h://${where(proxy)}` })).toBe(
      `proxy-failed: no way to the Gateway at 10.9.9.9:18789: the proxy socks5h://${where(proxy)} (all_proxy) could not connect: not allowed by its rules`,
    );
  });

  it("that is none is named", async () => {
    const { port } = await startGateway(async () => undefined);
    expect(await fails(plain, { all_proxy: `socks5://127.0.0.1:${port}` })).toMatch(
      /^proxy-failed: .* the proxy socks5:\/\/127\.0\.0\.1:\d+ \(all_proxy\) does not speak SOCKS version 5$/u,
    );
  });
});

it("loopback and what NO_PROXY names is reached directly", async () => {
  const gateway = await startGateway(async () => undefined);
  const env = { http_proxy: "http://127.0.0.1:1", all_proxy: "no proxy at all" };
  await opens(endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false }), env);
  await opens(endpointFromParts({ host: "localhost", port: gateway.port, tls: false }), env);
  expect(gateway.clients).toHaveLength(2);
});
