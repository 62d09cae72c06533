import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { expectReadable, stateDir } from "./bad-input/host.ts";
import { runCli } from "./scenarios/node-process.ts";

const path = (name: string): string =>
  fileURLToPath(new URL(`../packages/gateway-connection/fixtures/${name}`, import.meta.url));
const [AUTHORITY, CERT] = [path("authority-cert.pem"), path("signed-cert.pem")];
const FINGERPRINT = new X509Certificate(readFileSync(CERT)).fingerprint256;

async function server(): Promise<{ readonly port: string; readonly told: () => number }> {
  let bytes = 0;
  const tls = createServer({ key: readFileSync(path("signed-key.pem")), cert: readFileSync(CERT) });
  tls.on("secureConnection", (socket) => {
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length)).on("error", () => undefined);
  });
  tls.listen(0, "127.0.0.1");
  await once(tls, "listening");
  onTestFinished(() => void tls.close());
  return { port: String((tls.address() as AddressInfo).port), told: () => bytes };
}

it("shows a person what to compare, and tells the server nothing", async () => {
  const { port, told } = await server();
  const state = stateDir();
  const env = { OPENCLAW_GATEWAY_TOKEN: "hush-hush", SSL_CERT_FILE: "/dev/null" };
  const shown = await runCli(["node", "tls", "show", "--port", port], { stateDir: state, env });
  expect(shown.code).toBe(0);
  expectReadable(shown.stdout);
  for (const part of [
    FINGERPRINT.slice(0, 47),
    FINGERPRINT.slice(48),
    "CN=signed.gateway.test",
    "no: its authority is not known here (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    `--port ${port} --tls-fingerprint ${FINGERPRINT.replaceAll(":", "").toLowerCase()}`,
  ])
    expect(shown.stdout).toContain(part);
  expect(told()).toBe(0);
  expect(existsSync(join(state, "node.json"))).toBe(false);
});

it("the printed pins let a host in, and the document says whether a saved pin fits", async () => {
  const { port } = await server();
  const args = ["node", "tls", "show", "--port", port, "--json"];
  const first = JSON.parse((await runCli([...args, "--tls-ca", AUTHORITY], { stateDir: stateDir() })).stdout);
  expect(first).toMatchObject({ ok: true, trusted: true, trust: "file", pinned: null, selfSigned: false });
  for (const [pin, pinned] of [
    [first.pin.certificate, true],
    [first.pin.publicKey, true],
    ["ab".repeat(32), false],
  ]) {
    const state = stateDir();
    const gateway = { host: "127.0.0.1", port: Number(port), tls: true, tlsPins: [pin] };
    writeFileSync(join(state, "node.json"), JSON.stringify({ version: 1, nodeId: "n", gateway }), {
      mode: 0o600,
    });
    expect(JSON.parse((await runCli(args, { stateDir: state })).stdout)).toMatchObject({ pinned });
  }
});

it("looks, with --tls or without, although the saved CA file is gone and the saved pin is another server's", async () => {
  const { port } = await server();
  const state = stateDir();
  const gateway = {
    host: "127.0.0.1",
    port: Number(port),
    tls: true,
    tlsCa: "/nope/ca.pem",
    tlsFingerprint: "ab".repeat(32),
  };
  writeFileSync(join(state, "node.json"), JSON.stringify({ version: 1, nodeId: "n", gateway }), {
    mode: 0o600,
  });
  for (const more of [[], ["--tls"]]) {
    const { code, stdout, stderr } = await runCli(["node", "tls", "show", "--json", ...more], {
      stateDir: state,
    });
    expect(stderr).toContain("`/nope/ca.pem` does not exist");
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, trust: "none", pinned: false });
    expect(code).toBe(0);
  }
});

it.each([
  [["--port", "1"], 1, "connection refused"],
  [["--tls-ca", "/dev/null"], 78, "is not a file"],
  [["--host", "ann:hush@gw.example"], 78, "must not hold a user name or password"],
  [["--tls-fingerprint", "zz"], 78, "is not a SHA-256"],
  [["--nonsense"], 2, "unknown option"],
])("%j ends with %s", async (args, code, said) => {
  const failed = await runCli(["node", "tls", "show", ...args], { stateDir: stateDir() });
  expect(failed.code).toBe(code);
  expect(failed.stderr).toContain(said);
  expect(failed.stdout + failed.stderr).not.toContain("hush");
  expectReadable(failed.stderr);
});
