import type { ErrorShape } from "@openclaw/protocol";

/** Everything that can go wrong with a connection, as one closed list. */
export const CONNECTION_ERROR_CODES = [
  "bad-endpoint",
  "insecure-endpoint",
  "bad-fingerprint",
  "fingerprint-mismatch",
  "bad-ca-file",
  "bad-proxy",
  "bad-header",
  "bad-identity",
  "unreachable",
  "proxy-failed",
  "tls-failed",
  "not-a-gateway",
  "handshake-timeout",
  "protocol-violation",
  "refused",
  "closed",
  "request-failed",
  "request-timeout",
  "too-large",
  "busy",
  "aborted",
] as const;
export type ConnectionErrorCode = (typeof CONNECTION_ERROR_CODES)[number];

export interface ConnectionErrorDetails {
  /** The Gateway's own error, for `refused` and `request-failed`. */
  readonly gateway?: ErrorShape;
  /** The method, for request errors. */
  readonly method?: string;
  /** How the socket closed, where it did. */
  readonly close?: SocketClose;
  /** The operating system's code, for `unreachable` and `tls-failed`. */
  readonly system?: string;
  /** The HTTP status, for `not-a-gateway`, where there was one. */
  readonly status?: number;
}

export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** A connection or a request on it that failed; the message is a sentence for a person. */
export class ConnectionError extends Error {
  readonly code: ConnectionErrorCode;
  readonly details: ConnectionErrorDetails;

  constructor(
    code: ConnectionErrorCode,
    message: string,
    details: ConnectionErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "ConnectionError";
    this.code = code;
    this.details = details;
  }
}
