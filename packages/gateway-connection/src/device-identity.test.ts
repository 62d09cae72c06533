import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { deviceSignaturePayload, type SignatureVersion } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { createDeviceIdentity, parseDeviceIdentity } from "./device-identity.ts";
import { ConnectionError } from "./errors.ts";

interface Vectors {
  readonly deviceId: string;
  readonly publicKeyRawBase64Url: string;
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
  readonly vectors: readonly {
    readonly version: SignatureVersion;
    readonly input: {
      readonly clientId: string;
      readonly clientMode: string;
      readonly role: string;
      readonly scopes: readonly string[];
      readonly signedAt: number;
      readonly token: string | null;
      readonly nonce: string;
      readonly platform: string | null;
      readonly deviceFamily: string | null;
    };
    readonly payload: string;
    readonly signature: string;
  }[];
}

const known = JSON.parse(
  readFileSync(new URL("../../protocol/fixtures/device-signature-vectors.json", import.meta.url), "utf8"),
) as Vectors;
const file = {
  version: 1,
  deviceId: known.deviceId,
  publicKeyPem: known.publicKeyPem,
  privateKeyPem: known.privateKeyPem,
  createdAtMs: 1,
};
const PATH = "/state/identity/device.json";

function problemOf(content: unknown): ConnectionError {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  try {
    parseDeviceIdentity(text, PATH);
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("it should have been refused");
}

describe("a stored device identity", () => {
  const identity = parseDeviceIdentity(JSON.stringify(file), PATH);

  it("has the recorded id and public key", () => {
    expect(identity.deviceId).toBe(known.deviceId);
    expect(identity.publicKey).toBe(known.publicKeyRawBase64Url);
  });

  it.each(known.vectors.map((vector, index) => [`${index} (${vector.version})`, vector] as const))(
    "signs recorded vector %s",
    (_name, { version, input, payload, signature }) => {
      const text = deviceSignaturePayload(version, {
        ...input,
        deviceId: identity.deviceId,
        token: input.token ?? undefined,
        platform: input.platform ?? undefined,
        deviceFamily: input.deviceFamily ?? undefined,
      });
      expect(text).toBe(payload);
      expect(identity.sign(text)).toBe(signature);
    },
  );

  it("is taken without a device id, and with keys that it does not know", () => {
    const { deviceId: _left, ...rest } = file;
    expect(parseDeviceIdentity(JSON.stringify({ ...rest, later: true }), PATH).deviceId).toBe(known.deviceId);
  });
});

describe("a new device identity", () => {
  it("is read back from its own file text", () => {
    const { identity, fileText } = createDeviceIdentity(42);
    const document = JSON.parse(fileText) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      "version",
      "deviceId",
      "publicKeyPem",
      "privateKeyPem",
      "createdAtMs",
    ]);
    expect(document).toMatchObject({ version: 1, deviceId: identity.deviceId, createdAtMs: 42 });
    const again = parseDeviceIdentity(fileText, PATH);
    expect([again.deviceId, again.publicKey]).toEqual([identity.deviceId, identity.publicKey]);
    expect(identity.deviceId).toBe(
      createHash("sha256").update(Buffer.from(identity.publicKey, "base64url")).digest("hex"),
    );
    const key = createPublicKey(String(document["publicKeyPem"]));
    expect(verify(null, Buffer.from("ä|b"), key, Buffer.from(again.sign("ä|b"), "base64url"))).toBe(true);
  });

  it("is another one each time", () => {
    expect(createDeviceIdentity(0).identity.deviceId).not.toBe(createDeviceIdentity(0).identity.deviceId);
  });
});

describe("a broken identity file", () => {
  const secret = known.privateKeyPem.split("\n")[1] ?? "";
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  });
  it.each([
    ["cut text", JSON.stringify(file).slice(0, -40), "it is not JSON"],
    ["empty text", "", "it is not JSON"],
    ["null", "null", "it is not an identity file of version 1"],
    ["a list", [file], "it is not an identity file of version 1"],
    ["another version", { ...file, version: 2 }, "it is not an identity file of version 1"],
    ["a version as text", { ...file, version: "1" }, "it is not an identity file of version 1"],
    ["no private key", { ...file, privateKeyPem: undefined }, "its private key cannot be read"],
    ["a key that is no text", { ...file, privateKeyPem: { pem: secret } }, "its private key cannot be read"],
    [
      "half a key",
      { ...file, privateKeyPem: known.privateKeyPem.replace(secret, secret.slice(9)) },
      "its private key cannot be read",
    ],
    ["the public key only", { ...file, privateKeyPem: known.publicKeyPem }, "its private key cannot be read"],
    ["an RSA key", { ...file, privateKeyPem: rsa }, "its private key is not an Ed25519 key"],
    [
      "another device's id",
      { ...file, deviceId: "0".repeat(64) },
      "its device id does not belong to its key",
    ],
    ["an id that is no text", { ...file, deviceId: 7 }, "its device id does not belong to its key"],
  ])("%s: says where and why, and quotes nothing of it", (_name, content, why) => {
    const problem = problemOf(content);
    expect(problem.code).toBe("bad-identity");
    expect(problem.message).toBe(
      `the device identity in \`${PATH}\` cannot be used: ${why}; restore it from a backup, or move it away to get a new identity (which must be paired again)`,
    );
    expect(problem.cause).toBeUndefined();
  });
});
