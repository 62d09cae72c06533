import type { GatewayEndpoint } from "@openclaw/gateway-connection";
import { CliError } from "../errors.ts";

/** The link ended because only a person can help: what happened, and what that person can do. */
export function stoppedError(
  end: { readonly code: string; readonly why: string },
  endpoint: GatewayEndpoint,
): CliError {
  // The code may be a Gateway's own word: only the table's own keys count.
  const hints = Object.hasOwn(STOP_HINTS, end.code) ? (STOP_HINTS[end.code] ?? []) : [];
  return new CliError("gateway-stopped-us", end.why, [...hints, `Gateway: ${endpoint.url} (${end.code})`]);
}

const STOP_HINTS: Readonly<Record<string, readonly string[]>> = {
  AUTH_TOKEN_MISSING: [
    "set OPENCLAW_GATEWAY_TOKEN, or gateway.auth.token in openclaw.json, to the Gateway's token",
  ],
  AUTH_TOKEN_MISMATCH: [
    "the token is not the Gateway's: check OPENCLAW_GATEWAY_TOKEN, or gateway.auth.token in openclaw.json",
  ],
  AUTH_PASSWORD_MISSING: ["set OPENCLAW_GATEWAY_PASSWORD to the Gateway's password"],
  AUTH_PASSWORD_MISMATCH: ["the password is not the Gateway's: check OPENCLAW_GATEWAY_PASSWORD"],
  PROTOCOL_MISMATCH: [
    "this Gateway speaks a protocol that this node host does not know; update the older of the two",
  ],
  "fingerprint-mismatch": [
    "openclaw node tls show prints what the server offers now",
    "compare with the Gateway's own certificate before you change --tls-fingerprint",
  ],
  "tls-failed": [
    "openclaw node tls show prints what the server offers and why it is not trusted",
    "for a self-signed Gateway certificate pass its SHA-256 with --tls-fingerprint",
    "to read it there: openssl x509 -noout -fingerprint -sha256 -in <certificate file>",
  ],
};
