import { ConnectionError } from "./errors.ts";
import { shownText } from "./shown-text.ts";

/** Where a connection was to lead. */
export interface OpenPlace {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Turns what the runtime reports while a socket opens into a sentence and a code. */
export function describeOpenError(endpoint: OpenPlace, cause: Error): ConnectionError {
  const system = systemCode(cause);
  const where = `${endpoint.host}:${endpoint.port}`;
  if (system === undefined || system.startsWith("HPE_")) {
    const hint = endpoint.secure ? "" : "; if it is a Gateway with TLS, use --tls";
    return new ConnectionError(
      "not-a-gateway",
      `${where} does not speak WebSocket: ${shownText(cause.message)}${hint}`,
      {},
      { cause },
    );
  }
  if (CERTIFICATE_CODES.test(system)) {
    return new ConnectionError(
      "tls-failed",
      `the TLS certificate of ${where} was not accepted (${system}); pin it with --tls-fingerprint if it is the Gateway's own, or name its authority with --tls-ca`,
      { system },
      { cause },
    );
  }
  if (/^(?:EPROTO$|ERR_SSL_|ERR_TLS_)/u.test(system)) {
    return new ConnectionError(
      "tls-failed",
      `the server at ${where} did not agree on TLS (${system}); check that this port of the Gateway has TLS enabled`,
      { system },
      { cause },
    );
  }
  const hint =
    system === "ECONNREFUSED"
      ? " (is the Gateway running?)"
      : system === "ECONNRESET" && !endpoint.secure
        ? " (does the Gateway expect TLS?)"
        : "";
  return new ConnectionError(
    "unreachable",
    `cannot reach the Gateway at ${where}: ${failureReason(cause)}${hint}`,
    { system },
    { cause },
  );
}

/** The verification results of TLS libraries, as the runtime names them. */
const CERTIFICATE_CODES =
  /^(?:DEPTH_ZERO_|SELF_SIGNED_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/u;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "name not found",
  EAI_AGAIN: "name lookup failed for now",
  ETIMEDOUT: "timed out",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "network unreachable",
};

/** What the system said, in words. */
export function failureReason(cause: Error): string {
  const system = systemCode(cause) ?? shownText(cause.message);
  return REASONS[system] ?? system;
}

/** The code of the error, or of the first attempt when several addresses were tried. */
function systemCode(error: Error): string | undefined {
  const own: unknown = Reflect.get(error, "code");
  if (typeof own === "string") return own;
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    return first instanceof Error ? systemCode(first) : undefined;
  }
  return undefined;
}

export function timedOut(endpoint: OpenPlace): ConnectionError {
  return new ConnectionError(
    "unreachable",
    `cannot reach the Gateway at ${endpoint.host}:${endpoint.port}: timed out`,
    { system: "ETIMEDOUT" },
  );
}

export function aborted(): ConnectionError {
  return new ConnectionError("aborted", "the connection attempt was given up");
}
