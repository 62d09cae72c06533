import { createHash, createPublicKey, verify } from "node:crypto";
import { deviceSignaturePayload, type ConnectErrorCode, type ConnectParams } from "@openclaw/protocol";
import type { EraRules } from "./era.ts";

export interface DeviceProblem {
  readonly code: ConnectErrorCode;
  readonly message: string;
  readonly reason: string;
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Says what is wrong with the device object of a connect, in the order in which Gateways
 * look; undefined when the device is what it claims to be. Source: protocol sections 2.2 and 2.3.
 */
export function deviceProblem(
  params: ConnectParams,
  device: NonNullable<ConnectParams["device"]>,
  nonce: string,
  now: number,
  rules: EraRules,
): DeviceProblem | undefined {
  const raw = rawPublicKey(device.publicKey);
  if (raw === undefined || deviceIdOf(raw) !== device.id) {
    return problem("DEVICE_AUTH_DEVICE_ID_MISMATCH", "device identity mismatch", "device-id-mismatch");
  }
  if (Math.abs(now - device.signedAt) > rules.signedAtWindowMs) {
    return problem("DEVICE_AUTH_SIGNATURE_EXPIRED", "device signature expired", "device-signature-stale");
  }
  const sent = device.nonce.trim();
  if (sent === "" && !rules.nonceRequired) return invalidSignature();
  if (sent === "") {
    return problem("DEVICE_AUTH_NONCE_REQUIRED", "device nonce required", "device-nonce-missing");
  }
  if (sent !== nonce) {
    return problem("DEVICE_AUTH_NONCE_MISMATCH", "device nonce mismatch", "device-nonce-mismatch");
  }
  if (!rules.signatures.some((version) => signatureHolds(params, device, raw, version))) {
    return invalidSignature();
  }
  return undefined;
}

/** Lower-case hex SHA-256 of the raw key. */
export function deviceIdOf(rawKey: Uint8Array): string {
  return createHash("sha256").update(rawKey).digest("hex");
}

/** The 32 raw bytes of an Ed25519 key given as base64url or PEM; undefined when it is neither. */
export function rawPublicKey(text: string): Buffer | undefined {
  if (text.includes("BEGIN")) {
    try {
      const key = createPublicKey(text);
      if (key.asymmetricKeyType !== "ed25519") return undefined;
      return key.export({ type: "spki", format: "der" }).subarray(-32);
    } catch {
      return undefined;
    }
  }
  const raw = Buffer.from(text, "base64url");
  return raw.length === 32 ? raw : undefined;
}

function signatureHolds(
  params: ConnectParams,
  device: NonNullable<ConnectParams["device"]>,
  rawKey: Buffer,
  version: "v2" | "v3",
): boolean {
  const { client, auth } = params;
  const payload = deviceSignaturePayload(version, {
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role: params.role ?? "operator",
    scopes: params.scopes ?? [],
    signedAt: device.signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken,
    nonce: device.nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  });
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, rawKey]),
      format: "der",
      type: "spki",
    });
    return verify(null, Buffer.from(payload), key, Buffer.from(device.signature, "base64url"));
  } catch {
    return false;
  }
}

function invalidSignature(): DeviceProblem {
  return problem("DEVICE_AUTH_SIGNATURE_INVALID", "device signature invalid", "device-signature");
}

function problem(code: ConnectErrorCode, message: string, reason: string): DeviceProblem {
  return { code, message, reason };
}
