import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { startDevGateway, type DevGateway } from "@openclaw/dev-gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { startNode, runCli } from "./scenarios/node-process.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`../packages/gateway-connection/fixtures/${name}`, import.meta.url), "utf8");
const CERTIFICATE = { key: fixture("gateway-key.pem"), cert: fixture("gateway-cert.pem") };
const OTHER = { key: fixture("other-name-key.pem"), cert: fixture("other-name-cert.pem") };
const pinOf = ({ cert }: { readonly cert: string }): string => new X509Certificate(cert).fingerprint256;
const TOKEN = "test-token-0123456789";

async function gatewayWith(tls: typeof CERTIFICATE, port = 0): Promise<DevGateway> {
  const gateway = await startDevGateway({ token: TOKEN, tls, port });
  onTestFinished(async () => await gateway.close());
  return gateway;
}

/** A TLS server that counts what it is told after the handshake. */
async function listener(
  tls: typeof CERTIFICATE,
): Promise<{ readonly port: number; readonly told: () => number }> {
  let bytes = 0;
  const server = createServer(tls, (socket) => {
    socket.on("data", (chunk) => (bytes += chunk.length));
    socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, told: () => bytes };
}

describe("a Gateway with a certificate of its own", () => {
  it.each([
    ["as tools print it", pinOf(CERTIFICATE)],
    ["as plain hex", pinOf(CERTIFICATE).replaceAll(":", "").toLowerCase()],
    ["with its algorithm", `sha256:${pinOf(CERTIFICATE)}`],
  ])("is reached with its fingerprint, %s", async (_what, pin) => {
    const gateway = await gatewayWith(CERTIFICATE);
    const node = startHost({ port: gateway.port, token: TOKEN, args: ["--tls-fingerprint", pin] });
    expect(await node.line(/connected to the Gateway/u)).toContain(`wss://127.0.0.1:${gateway.port}`);
    expect(await node.stop()).toBe(0);
    // The pin is kept: the next start needs no option.
    expect(JSON.parse(readFileSync(join(node.stateDir, "node.json"), "utf8")).gateway).toMatchObject({
      tls: true,
      tlsFingerprint: pinOf(CERTIFICATE).replaceAll(":", "").toLowerCase(),
    });
    const again = startHost({ port: gateway.port, token: TOKEN, stateDir: node.stateDir });
    await again.line(/connected to the Gateway/u);
    expect(await again.stop()).toBe(0);
  });

  it("is not reached with another fingerprint: the host ends with 78 and has sent nothing", async () => {
    const server = await listener(CERTIFICATE);
    const { code, stderr } = await runCli(
      [
        "node",
        "run",
        "--host",
        "127.0.0.1",
        "--port",
        String(server.port),
        "--tls-fingerprint",
        pinOf(OTHER),
      ],
      { stateDir: stateDir(), env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } },
    );
    expect(code).toBe(78);
    expect(stderr).toContain(`gateway tls fingerprint mismatch: expected ${pinOf(OTHER)}`);
    expect(stderr).toContain(`has ${pinOf(CERTIFICATE)}; nothing was sent`);
    expect(stderr).toContain(
      "compare with the Gateway's own certificate before you change --tls-fingerprint",
    );
    expect(server.told()).toBe(0);
    expectReadable(stderr);
  });

  it("is not believed without a fingerprint, and the way out is named", async () => {
    const gateway = await gatewayWith(CERTIFICATE);
    const { code, stderr } = await runCli(
      ["node", "run", "--host", "127.0.0.1", "--port", String(gateway.port), "--tls"],
      { stateDir: stateDir(), env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } },
    );
    expect(code).toBe(78);
    expect(stderr).toMatch(/the TLS certificate of 127\.0\.0\.1:\d+ was not accepted \(\w+\)/u);
    expect(stderr).toContain("--tls-fingerprint");
    expectReadable(stderr);
  });

  it("is not reached without TLS, and the hint is there", async () => {
    const gateway = await gatewayWith(CERTIFICATE);
    const node = startHost({ port: gateway.port, token: TOKEN });
    expect(await node.line(/trying again/u)).toMatch(/TLS/u);
    expectReadable(node.output());
  });

  it("that changes its certificate is waited out by a host that worked once, and told nothing", async () => {
    const gateway = await gatewayWith(CERTIFICATE);
    const args = ["--tls-fingerprint", pinOf(CERTIFICATE)];
    const node = startHost({ port: gateway.port, token: TOKEN, args });
    await node.line(/connected to the Gateway/u);
    expect(await node.stop()).toBe(0);
    const { port } = gateway;
    await gateway.close();
    const changed = await gatewayWith(OTHER, port);
    const seen: string[] = [];
    changed.on((event) => seen.push(event.type));
    const again = startNode({ port, token: TOKEN, stateDir: node.stateDir });
    onTestFinished(() => void again.child.kill("SIGKILL"));
    expect(await again.line(/fingerprint mismatch/u)).toMatch(
      /nothing was sent; a person has to mend this; trying again in 5 min, until it works$/u,
    );
    expect(again.child.exitCode).toBeNull();
    expect(seen).toEqual([]);
    expect(await again.stop()).toBe(0);
    expectReadable(again.output());
  });
});
