import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { trustWords } from "./gateway-trust.ts";
import type { GatewayAddress } from "./node-file.ts";
import { settleNodeFile, type SettledNode } from "./node-settings.ts";
import { inputOf, scratchDir } from "./scratch.test.support.ts";

const [OLD, NEW] = ["ab".repeat(32), "cd".repeat(32)];
const KEY = `sha256//${Buffer.alloc(32, 7).toString("base64")}`;

const AUTHORITY = fileURLToPath(
  new URL("../../../../packages/gateway-connection/fixtures/authority-cert.pem", import.meta.url),
);

async function settle(
  saved: Partial<GatewayAddress>,
  options: Readonly<Record<string, unknown>>,
): Promise<SettledNode & { readonly file: Record<string, unknown> }> {
  const path = join(scratchDir(), "node.json");
  const gateway = { host: "gw.example", port: 1, tls: true, ...saved };
  writeFileSync(path, JSON.stringify({ version: 1, nodeId: "n", gateway }), { mode: 0o600 });
  const settled = await settleNodeFile(path, inputOf(options), {});
  return { ...settled, file: JSON.parse(readFileSync(path, "utf8")).gateway };
}

const pinned = ({ endpoint }: SettledNode): readonly string[] =>
  (endpoint.tlsPins ?? []).map(({ kind, sha256 }) => `${kind} ${sha256.slice(0, 4)}`);

describe("pins in node.json", () => {
  it("one fingerprint is kept as every release reads it", async () => {
    const { file } = await settle({}, { "tls-fingerprint": [OLD] });
    expect(file).toEqual({ host: "gw.example", port: 1, tls: true, tlsFingerprint: OLD });
  });

  it("several are kept beside the first fingerprint, and mean the same at the next start", async () => {
    for (const given of [[`${OLD},${NEW}`, KEY], [`${OLD};${NEW},${KEY}`]]) {
      const first = await settle({}, { "tls-fingerprint": given });
      expect(first.file).toMatchObject({ tlsFingerprint: OLD, tlsPins: [OLD, NEW, KEY] });
      const again = await settle(first.node.gateway, {});
      expect(pinned(again)).toEqual(["certificate abab", "certificate cdcd", "public-key 0707"]);
      expect(again.file).toEqual(first.file);
    }
  });

  it("a key alone leaves no fingerprint for older releases to trip over", async () => {
    const settled = await settle({ tlsFingerprint: OLD }, { "tls-fingerprint": [KEY] });
    expect(settled.file).toEqual({ host: "gw.example", port: 1, tls: true, tlsPins: [KEY] });
    expect(pinned(settled)).toEqual(["public-key 0707"]);
  });

  it("a fingerprint that another release wrote replaces the list", async () => {
    expect(pinned(await settle({ tlsFingerprint: NEW, tlsPins: [OLD, KEY] }, {}))).toEqual([
      "certificate cdcd",
    ]);
  });

  it("never goes back to fewer checks because a part is missing", async () => {
    expect(pinned(await settle({ tls: false, tlsPins: [OLD] }, {}))).toEqual(["certificate abab"]);
    await expect(settle({ tlsPins: ["zz"] }, {})).rejects.toThrow("`zz` is not a SHA-256");
  });

  it("belong to one host, and so does a CA file", async () => {
    const saved = { tlsFingerprint: OLD, tlsPins: [OLD, KEY], tlsCa: "/etc/own-ca.pem" };
    expect((await settle(saved, { port: 2 })).file).toMatchObject(saved);
    const moved = await settle(saved, { host: "other.example" });
    expect(moved.file).toEqual({ host: "other.example", port: 1, tls: true });
    expect(moved.endpoint.tlsCaFile).toBeUndefined();
  });

  it("a CA file is kept with its whole path, implies TLS, and wants no --no-tls", async () => {
    const { file, endpoint } = await settle(
      { tls: false, host: "127.0.0.1" },
      { "tls-ca": relative(process.cwd(), AUTHORITY) },
    );
    expect(file).toMatchObject({ tls: true, tlsCa: AUTHORITY });
    expect(endpoint).toMatchObject({ secure: true, tlsCaFile: AUTHORITY });
    await expect(settle({}, { "tls-ca": "ca.pem", "no-tls": true })).rejects.toThrow("--tls-ca needs TLS");
  });

  it("become arguments of a service", () => {
    expect(trustWords({ tlsFingerprint: OLD, tlsPins: [OLD, KEY], tlsCa: "/ca.pem" })).toEqual([
      "--tls-fingerprint",
      `${OLD},${KEY}`,
      "--tls-ca",
      "/ca.pem",
    ]);
  });
});
