import type { ErrorShape } from "@openclaw/protocol";
import { OMITTABLE_FIELDS, type OmittableField } from "./connect-frame.ts";

/** What a client should do after a refused connect. Source: protocol section 3.1. */
export type RefusalReaction =
  /** Paired by a person on the Gateway: keep asking, slowly. */
  | "wait-for-pairing"
  /** Try again with a fresh challenge. */
  | "retry"
  /** The Gateway named a time to wait. */
  | "wait-as-told"
  /** The credential was not accepted: another one may be. */
  | "other-credential"
  /** The signature was not accepted: another version may be. */
  | "other-signature"
  /** A field of the frame was not accepted; the frame works without it. */
  | "omit-field"
  /** A person has to change the credential. */
  | "fix-credential"
  /** A person has to change something else; retrying cannot help. */
  | "give-up";

export interface Refusal {
  readonly reaction: RefusalReaction;
  /** The detail code, or one derived from the message of a Gateway that sends none. */
  readonly code: string;
  readonly requestId?: string;
  /** Milliseconds, as the Gateway said it; not yet bounded. */
  readonly retryAfterMs?: number;
  /** For `omit-field`. */
  readonly field?: OmittableField;
}

const REACTIONS: Readonly<Record<string, RefusalReaction>> = {
  PAIRING_REQUIRED: "wait-for-pairing",
  NOT_PAIRED: "wait-for-pairing",
  PROTOCOL_MISMATCH: "give-up",
  DEVICE_IDENTITY_REQUIRED: "give-up",
  DEVICE_AUTH_DEVICE_ID_MISMATCH: "give-up",
  DEVICE_AUTH_PUBLIC_KEY_INVALID: "give-up",
  DEVICE_AUTH_INVALID: "give-up",
  DEVICE_AUTH_SIGNATURE_INVALID: "other-signature",
  DEVICE_AUTH_SIGNATURE_EXPIRED: "retry",
  DEVICE_AUTH_NONCE_REQUIRED: "retry",
  DEVICE_AUTH_NONCE_MISMATCH: "retry",
  AUTH_TOKEN_MISSING: "other-credential",
  AUTH_TOKEN_MISMATCH: "other-credential",
  AUTH_DEVICE_TOKEN_MISMATCH: "other-credential",
  AUTH_SCOPE_MISMATCH: "fix-credential",
  AUTH_PASSWORD_MISSING: "other-credential",
  AUTH_PASSWORD_MISMATCH: "other-credential",
  AUTH_TOKEN_NOT_CONFIGURED: "fix-credential",
  AUTH_PASSWORD_NOT_CONFIGURED: "fix-credential",
  AUTH_BOOTSTRAP_TOKEN_INVALID: "fix-credential",
  AUTH_RATE_LIMITED: "wait-as-told",
  AUTH_REQUIRED: "fix-credential",
  AUTH_UNAUTHORIZED: "fix-credential",
  CONTROL_UI_ORIGIN_NOT_ALLOWED: "give-up",
  CLIENT_VERSION_MISMATCH: "give-up",
};

/** Gateways of February 2026 send no detail code; their messages are matched instead. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/^protocol mismatch/u, "PROTOCOL_MISMATCH"],
  [/^pairing required/u, "PAIRING_REQUIRED"],
  [/^device identity required/u, "DEVICE_IDENTITY_REQUIRED"],
  [/^device identity mismatch/u, "DEVICE_AUTH_DEVICE_ID_MISMATCH"],
  [/^device signature invalid/u, "DEVICE_AUTH_SIGNATURE_INVALID"],
  [/^device signature expired/u, "DEVICE_AUTH_SIGNATURE_EXPIRED"],
  [/^device nonce required/u, "DEVICE_AUTH_NONCE_REQUIRED"],
  [/^device nonce mismatch/u, "DEVICE_AUTH_NONCE_MISMATCH"],
  [/^device public key invalid/u, "DEVICE_AUTH_PUBLIC_KEY_INVALID"],
  [/^unauthorized: too many/u, "AUTH_RATE_LIMITED"],
  [/^unauthorized: gateway token not configured/u, "AUTH_TOKEN_NOT_CONFIGURED"],
  [/^unauthorized: gateway password not configured/u, "AUTH_PASSWORD_NOT_CONFIGURED"],
  [/^unauthorized: gateway token missing/u, "AUTH_TOKEN_MISSING"],
  [/^unauthorized: gateway token mismatch/u, "AUTH_TOKEN_MISMATCH"],
  [/^unauthorized: device token mismatch/u, "AUTH_DEVICE_TOKEN_MISMATCH"],
  [/^unauthorized: gateway password missing/u, "AUTH_PASSWORD_MISSING"],
  [/^unauthorized: gateway password/u, "AUTH_PASSWORD_MISMATCH"],
  [/^unauthorized/u, "AUTH_UNAUTHORIZED"],
];

/** Reads a Gateway's refusal of a connect. */
export function readRefusal(error: ErrorShape): Refusal {
  const details = isRecord(error.details) ? error.details : {};
  const code =
    word(details["code"]) ??
    BY_MESSAGE.find(([pattern]) => pattern.test(error.message))?.[1] ??
    word(error.code) ??
    "UNKNOWN";
  const requestId = word(details["requestId"]);
  const retryAfterMs = finite(error.retryAfterMs) ?? finite(details["retryAfterMs"]);
  const field = refusedField(error.message);
  return {
    reaction: knownReaction(code) ?? (field === undefined ? unknownReaction(code, error) : "omit-field"),
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(field === undefined ? {} : { field }),
  };
}

/** The code comes from the wire: only the table's own keys count. */
function knownReaction(code: string): RefusalReaction | undefined {
  return Object.hasOwn(REACTIONS, code) ? REACTIONS[code] : undefined;
}

/** The field that a schema names, as `at /client/displayName: …` or `at root: unexpected property 'pathEnv'`. */
function refusedField(message: string): OmittableField | undefined {
  const named =
    /^invalid connect params: at \S+: unexpected property '(\w+)'/u.exec(message) ??
    /^invalid connect params: at \/(?:client\/)?(\w+):/u.exec(message);
  return OMITTABLE_FIELDS.find((field) => field === named?.[1]);
}

function unknownReaction(code: string, error: ErrorShape): RefusalReaction {
  if (error.retryable === true || error.code === "UNAVAILABLE") return "wait-as-told";
  return code.startsWith("AUTH_") ? "fix-credential" : "give-up";
}

/** Codes and ids end up in sentences and command lines for a person; anything but a plain word is not one. */
function word(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w.:-]{1,128}$/u.test(value) ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
