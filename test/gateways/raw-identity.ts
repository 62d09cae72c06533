// Device identities and connect signatures for the raw client, written apart from the product
// code on purpose: both must agree with the Gateway, not with each other.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface RawIdentity {
  /** Lower-case hex SHA-256 of the raw public key; also the node id. */
  readonly id: string;
  /** base64url of the 32 raw bytes. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export type SignatureVersion = "v1" | "v2" | "v3";

export interface SignedFields {
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly signedAt: number;
  readonly token: string;
  readonly nonce: string;
  readonly platform: string;
  readonly deviceFamily: string;
}

export function newIdentity(): RawIdentity {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    privateKey,
  };
}

/** base64url signature over the joined fields (protocol section 2.3). */
export function signFields(identity: RawIdentity, version: SignatureVersion, fields: SignedFields): string {
  const parts = [
    version,
    identity.id,
    fields.clientId,
    fields.clientMode,
    fields.role,
    fields.scopes.join(","),
    String(fields.signedAt),
    fields.token,
  ];
  if (version !== "v1") parts.push(fields.nonce);
  if (version === "v3") parts.push(lower(fields.platform), lower(fields.deviceFamily));
  return sign(null, Buffer.from(parts.join("|")), identity.privateKey).toString("base64url");
}

function lower(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
