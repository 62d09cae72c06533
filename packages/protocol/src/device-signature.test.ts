import { readFileSync } from "node:fs";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deviceSignaturePayload, type SignatureVersion } from "./device-signature.ts";

interface Vectors {
  readonly deviceId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly vectors: readonly {
    readonly version: SignatureVersion;
    readonly input: {
      readonly clientId: string;
      readonly clientMode: string;
      readonly role: string;
      readonly scopes: string[];
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

const file = JSON.parse(
  readFileSync(new URL("../fixtures/device-signature-vectors.json", import.meta.url), "utf8"),
) as Vectors;

describe("device signature", () => {
  it.each(file.vectors.map((vector, index) => [`${index} ${vector.version}`, vector] as const))(
    "vector %s: payload and signature are the recorded ones",
    (_name, vector) => {
      const payload = deviceSignaturePayload(vector.version, {
        ...vector.input,
        deviceId: file.deviceId,
        token: vector.input.token ?? undefined,
        platform: vector.input.platform ?? undefined,
        deviceFamily: vector.input.deviceFamily ?? undefined,
      });
      expect(payload).toBe(vector.payload);
      const bytes = Buffer.from(payload);
      // Ed25519 is deterministic: the same key gives the same signature.
      expect(sign(null, bytes, createPrivateKey(file.privateKeyPem)).toString("base64url")).toBe(
        vector.signature,
      );
      expect(
        verify(null, bytes, createPublicKey(file.publicKeyPem), Buffer.from(vector.signature, "base64url")),
      ).toBe(true);
    },
  );

  it("lowers only A to Z", () => {
    const payload = deviceSignaturePayload("v3", {
      deviceId: "d",
      clientId: "c",
      clientMode: "m",
      role: "node",
      scopes: [],
      signedAt: 1,
      nonce: "n",
      platform: " LİNUX ",
      deviceFamily: "ÄB",
    });
    expect(payload).toBe("v3|d|c|m|node||1||n|lİnux|Äb");
  });
});
