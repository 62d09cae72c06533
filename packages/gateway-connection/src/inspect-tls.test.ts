import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import * as tls from "node:tls";
import { expect, it, onTestFinished } from "vitest";
import { inspectTls } from "./inspect-tls.ts";
import { failureOf, openSockets, pinOf } from "./node-profile.test.support.ts";
import { AUTHORITY, CERTIFICATE, OTHER_NAME, SIGNED } from "./scripted-gateway.test.support.ts";
import { startHttpProxy } from "./stand-in-proxy.test.support.ts";

const NO_SYSTEM = { SSL_CERT_FILE: "/dev/null" };
const file = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname;

async function serve(certificate: tls.TlsOptions): Promise<{ port: number; told: () => number }> {
  let bytes = 0;
  const server = tls.createServer(certificate, (socket) => {
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length)).on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, told: () => bytes };
}
const at = (port: number, host = "127.0.0.1"): { host: string; port: number; secure: boolean } => ({
  host,
  port,
  secure: true,
});

it("shows a self-signed certificate and why the system does not trust it", async () => {
  const server = await serve(CERTIFICATE);
  const report = await inspectTls(at(server.port), { env: NO_SYSTEM });
  expect(report).toMatchObject({
    protocol: "TLSv1.3",
    trust: "none",
    problem: "DEPTH_ZERO_SELF_SIGNED_CERT",
  });
  expect(report.chain).toHaveLength(1);
  expect(report.chain[0]).toMatchObject({
    certificatePin: { kind: "certificate", sha256: pinOf(CERTIFICATE.cert) },
    validFromMs: Date.UTC(2020, 0, 1),
  });
  expect(report.chain[0]?.names).toContain("IP Address:127.0.0.1");
  expect(server.told()).toBe(0);
});

it("shows the whole chain, and who vouches for it", async () => {
  const server = await serve({ key: SIGNED.key, cert: SIGNED.cert + AUTHORITY });
  const alone = await inspectTls(at(server.port), { env: NO_SYSTEM });
  expect(alone).toMatchObject({ trust: "none", problem: "SELF_SIGNED_CERT_IN_CHAIN" });
  expect(alone.chain.map(({ subject }) => subject)).toEqual(["CN=signed.gateway.test", "CN=Test Authority"]);
  expect(await inspectTls(at(server.port), { ca: [AUTHORITY] })).toMatchObject({ trust: "file" });
  const env = { SSL_CERT_FILE: file("authority-cert.pem") };
  expect(await inspectTls(at(server.port), { env })).toMatchObject({ trust: "system" });
  expect(server.told()).toBe(0);
});

it("says that the name is another one", async () => {
  const server = await serve(OTHER_NAME);
  expect(await inspectTls(at(server.port), { ca: [OTHER_NAME.cert] })).toMatchObject({
    trust: "none",
    problem: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
});

it("looks through a proxy", async () => {
  const server = await serve(SIGNED);
  const proxy = await startHttpProxy(server.port);
  const env = { https_proxy: `127.0.0.1:${proxy.port}`, SSL_CERT_FILE: file("authority-cert.pem") };
  expect(await inspectTls(at(443, "gw.test"), { env })).toMatchObject({ trust: "system" });
  expect(proxy.asked[0]).toMatch(/^CONNECT gw\.test:443 /u);
  expect(readFileSync(file("authority-cert.pem"), "utf8")).toBe(AUTHORITY);
});

it("fails at a server without TLS and at one that keeps silent, and leaves nothing open", async () => {
  const before = openSockets();
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    if (talk) socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  let talk = true;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect((await failureOf(inspectTls(at(port)))).code).toBe("tls-failed");
  talk = false;
  const silent = await failureOf(inspectTls(at(port), { limits: { openMs: 50 } }));
  expect(silent.message).toContain("timed out");
  server.close();
  await expect.poll(openSockets).toBeLessThanOrEqual(before);
});
