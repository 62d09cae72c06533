export type SignatureVersion = "v1" | "v2" | "v3";

export interface DeviceSignatureInput {
  readonly deviceId: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  /** In the order in which the connect frame carries them. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  /** The very text sent in `auth.token`; undefined with a password. */
  readonly token?: string | undefined;
  readonly nonce: string;
  /** v3 only. */
  readonly platform?: string | undefined;
  /** v3 only. */
  readonly deviceFamily?: string | undefined;
}

/** The text that a device signs with its Ed25519 key, byte for byte. Source: protocol section 2.3. */
export function deviceSignaturePayload(version: SignatureVersion, input: DeviceSignatureInput): string {
  const fields = [
    version,
    input.deviceId,
    input.clientId,
    input.clientMode,
    input.role,
    input.scopes.join(","),
    String(input.signedAt),
    input.token ?? "",
  ];
  if (version !== "v1") fields.push(input.nonce);
  if (version === "v3") fields.push(foldName(input.platform), foldName(input.deviceFamily));
  return fields.join("|");
}

/** Trimmed, and only A-Z lowered: other letters stay as they are on every Gateway. */
function foldName(name: string | undefined): string {
  return (name ?? "").trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
