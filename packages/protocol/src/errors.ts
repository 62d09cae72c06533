/** Codes in `error.code` of a response or an invoke result. */
export const WIRE_ERROR_CODES = [
  "INVALID_REQUEST",
  "UNAVAILABLE",
  "TIMEOUT",
  "NOT_PAIRED",
  "NOT_LINKED",
  "SYSTEM_RUN_DENIED",
  "NODE_NOT_READY",
] as const;
export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number];

/** Codes in `error.details.code` of a refused connect. Source: protocol section 3.1. */
export const CONNECT_ERROR_CODES = [
  "AUTH_BOOTSTRAP_TOKEN_INVALID",
  "AUTH_DEVICE_TOKEN_MISMATCH",
  "AUTH_PASSWORD_MISMATCH",
  "AUTH_PASSWORD_MISSING",
  "AUTH_PASSWORD_NOT_CONFIGURED",
  "AUTH_RATE_LIMITED",
  "AUTH_REQUIRED",
  "AUTH_SCOPE_MISMATCH",
  "AUTH_TOKEN_MISMATCH",
  "AUTH_TOKEN_MISSING",
  "AUTH_TOKEN_NOT_CONFIGURED",
  "AUTH_UNAUTHORIZED",
  "CLIENT_VERSION_MISMATCH",
  "CONTROL_UI_ORIGIN_NOT_ALLOWED",
  "DEVICE_AUTH_DEVICE_ID_MISMATCH",
  "DEVICE_AUTH_INVALID",
  "DEVICE_AUTH_NONCE_MISMATCH",
  "DEVICE_AUTH_NONCE_REQUIRED",
  "DEVICE_AUTH_PUBLIC_KEY_INVALID",
  "DEVICE_AUTH_SIGNATURE_EXPIRED",
  "DEVICE_AUTH_SIGNATURE_INVALID",
  "DEVICE_IDENTITY_REQUIRED",
  "PAIRING_REQUIRED",
  "PROTOCOL_MISMATCH",
] as const;
export type ConnectErrorCode = (typeof CONNECT_ERROR_CODES)[number];

/** What can be wrong with a text that should be a frame, or with a value inside one. */
export type ProtocolErrorCode = "frame-too-large" | "not-json" | "too-deep" | "not-a-frame" | "invalid-field";

/** A frame or a value that does not follow the protocol. The message names the place. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ProtocolErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "ProtocolError";
    this.code = code;
    this.details = details;
  }
}
