import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { ConnectionError } from "./errors.ts";

/** An Ed25519 key pair and the id that Gateways know it by. Source: protocol section 2.2. */
export interface DeviceIdentity {
  /** Lower-case hex SHA-256 of the raw public key; also the node id on the Gateway. */
  readonly deviceId: string;
  /** base64url of the raw 32 bytes. */
  readonly publicKey: string;
  /** base64url Ed25519 signature over the UTF-8 bytes of the text. */
  sign(text: string): string;
}

interface IdentityDocument {
  readonly version: 1;
  readonly deviceId: string;
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
  readonly createdAtMs: number;
}

/** A new identity and the text of the file that keeps it. */
export function createDeviceIdentity(now: number): {
  readonly identity: DeviceIdentity;
  readonly fileText: string;
} {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const identity = identityFromKey(privateKey);
  const document: IdentityDocument = {
    version: 1,
    deviceId: identity.deviceId,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    createdAtMs: now,
  };
  return { identity, fileText: `${JSON.stringify(document, null, 2)}\n` };
}

/** Reads an identity file; throws `bad-identity`, never quoting the file's content. */
export function parseDeviceIdentity(text: string, path: string): DeviceIdentity {
  const document = parseDocument(text, path);
  const key = privateKeyOf(document, path);
  const identity = identityFromKey(key);
  const stored = Reflect.get(document, "deviceId");
  if (stored !== undefined && stored !== identity.deviceId) {
    throw badIdentity(path, "its device id does not belong to its key");
  }
  return identity;
}

function identityFromKey(privateKey: KeyObject): DeviceIdentity {
  const raw = createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(-32);
  return {
    deviceId: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    sign: (text) => sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64url"),
  };
}

function parseDocument(text: string, path: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badIdentity(path, "it is not JSON");
  }
  if (typeof value !== "object" || value === null || Reflect.get(value, "version") !== 1) {
    throw badIdentity(path, "it is not an identity file of version 1");
  }
  return value;
}

function privateKeyOf(document: object, path: string): KeyObject {
  const pem: unknown = Reflect.get(document, "privateKeyPem");
  let key: KeyObject;
  try {
    key = createPrivateKey(String(pem));
  } catch {
    throw badIdentity(path, "its private key cannot be read");
  }
  if (key.asymmetricKeyType !== "ed25519") throw badIdentity(path, "its private key is not an Ed25519 key");
  return key;
}

function badIdentity(path: string, why: string): ConnectionError {
  return new ConnectionError(
    "bad-identity",
    `the device identity in \`${path}\` cannot be used: ${why}; restore it from a backup, or move it away to get a new identity (which must be paired again)`,
  );
}
