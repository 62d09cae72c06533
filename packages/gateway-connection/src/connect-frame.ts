import {
  deviceSignaturePayload,
  PROTOCOL_RANGE,
  type ClientId,
  type ClientMode,
  type ConnectChallenge,
  type ConnectParams,
  type Role,
} from "@openclaw/protocol";
import type { DeviceIdentity } from "./device-identity.ts";

/** Who connects: the same for every attempt, because Gateways pin it. Source: protocol section 2.6. */
export interface ClientProfile {
  readonly id: ClientId;
  readonly mode: ClientMode;
  readonly role: Role;
  readonly version: string;
  readonly platform: string;
  readonly deviceFamily: string;
  readonly displayName?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly scopes: readonly string[];
  readonly caps: readonly string[];
  /** undefined for operators. */
  readonly commands?: readonly string[] | undefined;
  /** The search path that runs get; undefined for operators. */
  readonly pathEnv?: string | undefined;
}

/** What to present: one of them, or nothing; an empty text is nothing. A device token goes into `token` as well. */
export interface ConnectCredential {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  /** Out of a setup code: good for one pairing, and only on Gateways that make such codes. */
  readonly bootstrapToken?: string | undefined;
}

/** Fields that a Gateway may refuse and that a node can live without. */
export const OMITTABLE_FIELDS = ["displayName", "instanceId", "pathEnv"] as const;
export type OmittableField = (typeof OMITTABLE_FIELDS)[number];

export interface ConnectVariant {
  readonly signatureVersion?: "v2" | "v3" | undefined;
  readonly omit?: readonly OmittableField[] | undefined;
}

/** Is there anything to present? */
export function isPresent(credential: ConnectCredential): boolean {
  return hasText(credential.token) || hasText(credential.password) || hasText(credential.bootstrapToken);
}

/** The one connect frame that every Gateway of 2026 accepts. Source: protocol section 0. */
export function buildConnectParams(
  profile: ClientProfile,
  identity: DeviceIdentity,
  credential: ConnectCredential,
  challenge: ConnectChallenge,
  { signatureVersion = "v2", omit = [] }: ConnectVariant = {},
): ConnectParams {
  // Empty strings break the closed schemas of Gateways, so they are left out like absent ones.
  const optional = (name: OmittableField): Partial<Record<OmittableField, string>> => {
    const value = profile[name];
    return hasText(value) && !omit.includes(name) ? { [name]: value } : {};
  };
  const signature = identity.sign(
    deviceSignaturePayload(signatureVersion, {
      deviceId: identity.deviceId,
      clientId: profile.id,
      clientMode: profile.mode,
      role: profile.role,
      scopes: profile.scopes,
      signedAt: challenge.ts,
      token: signedToken(credential),
      nonce: challenge.nonce,
      platform: profile.platform,
      deviceFamily: profile.deviceFamily,
    }),
  );
  return {
    ...PROTOCOL_RANGE,
    client: {
      id: profile.id,
      mode: profile.mode,
      version: profile.version,
      platform: profile.platform,
      deviceFamily: profile.deviceFamily,
      ...optional("displayName"),
      ...optional("instanceId"),
    },
    role: profile.role,
    scopes: [...profile.scopes],
    caps: [...profile.caps],
    ...(profile.commands === undefined ? {} : { commands: [...profile.commands] }),
    ...optional("pathEnv"),
    ...authOf(credential),
    device: {
      id: identity.deviceId,
      publicKey: identity.publicKey,
      signature,
      signedAt: challenge.ts,
      nonce: challenge.nonce,
    },
  };
}

/** Source: protocol section 2.3, field 8. */
function signedToken({ token, password, bootstrapToken }: ConnectCredential): string | undefined {
  return hasText(token) || hasText(password) ? token : bootstrapToken;
}

function authOf(credential: ConnectCredential): Pick<ConnectParams, "auth"> {
  if (hasText(credential.token)) return { auth: { token: credential.token } };
  if (hasText(credential.password)) return { auth: { password: credential.password } };
  if (hasText(credential.bootstrapToken)) return { auth: { bootstrapToken: credential.bootstrapToken } };
  return {};
}

function hasText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
