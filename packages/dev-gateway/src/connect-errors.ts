import type { ConnectErrorCode, ConnectParams, ErrorShape } from "@openclaw/protocol";
import type { EraRules } from "./era.ts";
import { credentialDetails, type CredentialProblem } from "./shared-auth.ts";

/** The errors of a refused connect as an era words them. Source: protocol section 3.1. */

export function connectError(
  rules: EraRules,
  code: string,
  message: string,
  detailCode: ConnectErrorCode,
  more: Readonly<Record<string, unknown>> = {},
): ErrorShape {
  if (!rules.detailCodes) return { code, message };
  return { code, message, details: { code: detailCode, ...more } };
}

export function deviceRequired(rules: EraRules): ErrorShape {
  return connectError(rules, "NOT_PAIRED", "device identity required", "DEVICE_IDENTITY_REQUIRED");
}

export function foreignOrigin(rules: EraRules): ErrorShape {
  const how = "open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins";
  const reason = "origin not allowed";
  const message = `${reason} (${how})`;
  return connectError(rules, "INVALID_REQUEST", message, "CONTROL_UI_ORIGIN_NOT_ALLOWED", { reason });
}

export function protocolMismatch(params: ConnectParams, rules: EraRules): ErrorShape {
  const { minProtocol, maxProtocol } = params;
  const { minimumProbeProtocol } = rules;
  const message = "protocol mismatch";
  const expected = { expectedProtocol: rules.protocol };
  if (minimumProbeProtocol === undefined) {
    return { code: "INVALID_REQUEST", message, details: expected };
  }
  return connectError(rules, "INVALID_REQUEST", message, "PROTOCOL_MISMATCH", {
    clientMinProtocol: minProtocol,
    clientMaxProtocol: maxProtocol,
    ...expected,
    minimumProbeProtocol,
  });
}

export function credentialError(
  rules: EraRules,
  problem: CredentialProblem,
  params: ConnectParams,
): ErrorShape {
  const message = `unauthorized: ${problem.text}`;
  if (!rules.detailCodes) return { code: "INVALID_REQUEST", message };
  const details = credentialDetails(problem, params.auth, params.device !== undefined);
  return { code: "INVALID_REQUEST", message, details };
}

export function lockedOut(rules: EraRules, params: ConnectParams, retryAfterMs: number): ErrorShape {
  const problem: CredentialProblem = {
    code: "AUTH_RATE_LIMITED",
    reason: "rate_limited",
    text: "too many failed authentication attempts (retry later)",
  };
  const hints = rules.retryHints ? { retryable: true, retryAfterMs } : {};
  return { ...credentialError(rules, problem, params), ...hints };
}
