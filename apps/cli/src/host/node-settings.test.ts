import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GatewayAddress } from "./node-file.ts";
import { planNodeFile, settleNodeFile, type SettledNode } from "./node-settings.ts";
import { inputOf, scratchDir } from "./scratch.test.support.ts";

const PIN = "ab".repeat(32);
const OTHER_PIN = "cd".repeat(32);
const SAVED: GatewayAddress = {
  host: "10.0.0.5",
  port: 1234,
  tls: true,
  tlsFingerprint: PIN,
  contextPath: "/gw",
};

function fileWith(gateway: GatewayAddress | undefined, more: object = {}): string {
  const path = join(scratchDir(), "node.json");
  writeFileSync(path, JSON.stringify({ version: 1, nodeId: "n-1", token: "old-token", ...more, gateway }), {
    mode: 0o600,
  });
  return path;
}

async function settle(
  gateway: GatewayAddress | undefined,
  options: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<SettledNode> {
  return await settleNodeFile(fileWith(gateway), inputOf(options), env);
}

describe("settleNodeFile", () => {
  it("has defaults for a first start", async () => {
    const path = join(scratchDir(), "node.json");
    const { node, endpoint } = await settleNodeFile(path, inputOf(), {});
    expect(node.gateway).toEqual({ host: "127.0.0.1", port: 18_789, tls: false });
    expect(node.displayName).toBe(hostname());
    expect(endpoint.url).toBe("ws://127.0.0.1:18789");
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      version: 1,
      gateway: { host: "127.0.0.1" },
    });
  });

  it("takes saved values over defaults", async () => {
    const { node, endpoint, tokensAreForeign } = await settle(SAVED, {});
    expect(node).toMatchObject({ nodeId: "n-1", token: "old-token", gateway: SAVED });
    expect(endpoint).toMatchObject({
      url: "wss://10.0.0.5:1234/gw",
      tlsPins: [{ kind: "certificate", sha256: PIN }],
    });
    expect(tokensAreForeign).toBe(false);
  });

  it("takes options over saved values, and saves them", async () => {
    const path = fileWith(SAVED, { later: 1 });
    const options = {
      host: "127.0.0.1",
      port: 4321,
      "node-id": "n-2",
      "display-name": " lab ",
      "context-path": "/",
    };
    const { node } = await settleNodeFile(path, inputOf({ ...options, "tls-fingerprint": OTHER_PIN }), {});
    const expected = { host: "127.0.0.1", port: 4321, tls: true, tlsFingerprint: OTHER_PIN };
    expect(node).toMatchObject({ nodeId: "n-2", displayName: "lab", gateway: expected });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      later: 1,
      nodeId: "n-2",
      gateway: expected,
    });
  });

  it.each([
    ["the same address", {}, false],
    ["another spelling of it", { host: " 10.0.0.5 ", port: 1234 }, false],
    ["another host", { host: "10.0.0.6" }, true],
    ["another port", { port: 1 }, true],
    ["another path behind one proxy", { "context-path": "/other" }, true],
    ["another instance id", { "node-id": "n-2" }, true],
    ["the same instance id", { "node-id": "n-1" }, false],
    ["another name", { "display-name": "x" }, false],
  ])("keeps or drops the tokens: %s", async (_what, options, foreign) => {
    const { node, tokensAreForeign } = await settle(SAVED, options);
    expect(tokensAreForeign).toBe(foreign);
    expect(node.token).toBe(foreign ? undefined : "old-token");
  });

  it("drops tokens of which nobody knows whose they are", async () => {
    expect((await settle(undefined, {})).tokensAreForeign).toBe(true);
  });

  it.each([
    ["the same host", {}, PIN],
    ["another port of it", { port: 1 }, PIN],
    ["another spelling of it", { host: "10.5" }, PIN],
    ["another host", { host: "10.0.0.6" }, undefined],
    ["TLS switched off", { "no-tls": true }, undefined],
    ["another pin", { "tls-fingerprint": `SHA256:${OTHER_PIN.toUpperCase()}` }, OTHER_PIN],
  ])("keeps the pin for the same host only: %s", async (_what, options, pin) => {
    const saved = { ...SAVED, host: "10.0.0.5" };
    expect((await settle(saved, options)).node.gateway.tlsFingerprint).toBe(pin);
  });

  it("never falls back to plain text because the host changed", async () => {
    expect((await settle(SAVED, { host: "gw.example" })).endpoint.secure).toBe(true);
  });

  it.each([
    [{ host: "http://gw" }, "not a host name"],
    [{ host: "8.8.8.8", "no-tls": true }, "refusing plain ws:// to the public address"],
    [{ host: "gw.example", "no-tls": true }, "refusing plain ws:// to `gw.example`"],
    [{ "tls-fingerprint": "zz" }, "not a SHA-256 certificate fingerprint"],
    [{ "context-path": "/a b" }, "must be a plain url path"],
    [{ port: 0 }, "from 1 to 65535"],
    [{ port: 65_536 }, "from 1 to 65535"],
    [{ tls: true, "no-tls": true }, "contradict each other"],
    [{ "no-tls": true, "tls-fingerprint": PIN }, "needs TLS"],
    [{ "node-id": "  " }, "invalid --node-id"],
    [{ "display-name": "a\u001b[31m" }, "invalid --display-name"],
    [{ "display-name": "x".repeat(201) }, "invalid --display-name"],
  ])("writes nothing for %j", async (options, text) => {
    const path = fileWith(SAVED);
    const before = readFileSync(path, "utf8");
    expect(() => planNodeFile(path, inputOf(options), {})).toThrow(text);
    await expect(settleNodeFile(path, inputOf(options), {})).rejects.toThrow(text);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("saves no CA file that cannot be used, but goes on with one that was saved and is away", async () => {
    for (const gateway of [undefined, SAVED]) {
      const path = fileWith(gateway);
      const before = readFileSync(path, "utf8");
      await expect(settleNodeFile(path, inputOf({ "tls-ca": "/nope/ca.pem" }), {})).rejects.toThrow(
        "the CA file `/nope/ca.pem` does not exist",
      );
      expect(readFileSync(path, "utf8")).toBe(before);
    }
    const { endpoint } = await settle({ ...SAVED, tlsCa: "/nope/ca.pem" }, { "tls-ca": "/nope/ca.pem" });
    expect(endpoint.tlsCaFile).toBe("/nope/ca.pem");
  });

  it.each([
    [{ ...SAVED, host: "a b" }, "`a b` is not a host name"],
    [{ ...SAVED, tlsFingerprint: "zz" }, "`zz` is not a SHA-256"],
    [{ host: "8.8.8.8", port: 1, tls: false }, "refusing plain ws://"],
  ])("says that it is saved when what is saved cannot be used: %j", (saved, text) => {
    const path = fileWith(saved);
    expect(() => planNodeFile(path, inputOf(), {})).toThrow(
      `\`${path}\` names a Gateway that cannot be used: ${text}`,
    );
    expect(planNodeFile(path, inputOf({ host: "127.0.0.1", "tls-fingerprint": PIN }), {}).endpoint.port).toBe(
      saved.port,
    );
  });

  it("plans without writing", () => {
    const path = join(scratchDir(), "node.json");
    expect(planNodeFile(path, inputOf({ port: 5 }), {})).toMatchObject({ tokensAreForeign: true });
    expect(() => readFileSync(path)).toThrow("ENOENT");
  });
});
