import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectErrorCode, ConnectParams } from "@openclaw/protocol";
import type { EraRules } from "./era.ts";

export interface Secrets {
  readonly token: string;
  readonly password?: string | undefined;
}

export interface CredentialProblem {
  readonly code: ConnectErrorCode;
  readonly reason: string;
  readonly text: string;
}

export type Credential =
  | { readonly ok: true; readonly method: "token" | "password" | "device-token" | "bootstrap-token" }
  | { readonly ok: false; readonly problem: CredentialProblem; readonly counts: boolean };

export interface CredentialCheck {
  readonly auth: ConnectParams["auth"];
  readonly clientId: string;
  readonly remote: boolean;
  readonly secrets: Secrets;
  readonly rules: EraRules;
  readonly isOwnDeviceToken: (token: string) => boolean;
  /** Uses the code up. */
  readonly useSetupCode: (token: string) => boolean;
}

/**
 * Judges what a connect brings: the shared token or password, else a token of its own
 * device and role in `auth.token` or `auth.deviceToken`. Source: protocol section 3.3.
 */
export function judgeCredential(asked: CredentialCheck): Credential {
  const { auth, secrets, rules } = asked;
  const token = auth?.token ?? "";
  const deviceToken = auth?.deviceToken ?? "";
  const usesPassword = secrets.password !== undefined;
  const password = usesPassword || rules.passwordForToken ? (auth?.password ?? "") : "";
  if (token !== "" && same(token, secrets.token)) return { ok: true, method: "token" };
  if (password !== "" && same(password, secrets.password ?? secrets.token)) {
    return { ok: true, method: usesPassword ? "password" : "token" };
  }
  for (const candidate of [token, deviceToken]) {
    if (candidate !== "" && asked.isOwnDeviceToken(candidate)) {
      return { ok: true, method: "device-token" };
    }
  }
  if (deviceToken !== "") {
    const text = "device token mismatch (rotate/reissue device token)";
    return wrong("AUTH_DEVICE_TOKEN_MISMATCH", "device_token_mismatch", text);
  }
  const bootstrapToken = auth?.bootstrapToken ?? "";
  if (bootstrapToken !== "" && token === "") {
    if (asked.useSetupCode(bootstrapToken)) return { ok: true, method: "bootstrap-token" };
    return wrong("AUTH_BOOTSTRAP_TOKEN_INVALID", "bootstrap_token_invalid", rules.bootstrapText);
  }
  const kind = usesPassword ? "password" : "token";
  const hint = whereToLook(asked, kind);
  if (token === "" && password === "") {
    const code = usesPassword ? "AUTH_PASSWORD_MISSING" : "AUTH_TOKEN_MISSING";
    const problem = { code, reason: `${kind}_missing`, text: `gateway ${kind} missing (${hint})` } as const;
    return { ok: false, counts: false, problem };
  }
  const code = usesPassword ? "AUTH_PASSWORD_MISMATCH" : "AUTH_TOKEN_MISMATCH";
  return wrong(code, `${kind}_mismatch`, `gateway ${kind} mismatch (${hint})`);
}

/** Details of a refused credential as the newer Gateways give them. */
export function credentialDetails(
  problem: CredentialProblem,
  auth: ConnectParams["auth"],
  hasDevice: boolean,
): Readonly<Record<string, unknown>> {
  const canRetryWithDeviceToken =
    problem.reason === "token_mismatch" &&
    hasDevice &&
    (auth?.token ?? "") !== "" &&
    (auth?.deviceToken ?? "") === "";
  return {
    code: problem.code,
    authReason: problem.reason,
    canRetryWithDeviceToken,
    recommendedNextStep: canRetryWithDeviceToken ? "retry_with_device_token" : nextStep(problem.reason),
  };
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

/** The command line gets another hint than a program. */
function whereToLook(asked: CredentialCheck, kind: "token" | "password"): string {
  if (asked.clientId !== "cli") return `provide gateway auth ${kind}`;
  if (kind === "password") return "set gateway.remote.password to match gateway.auth.password";
  return asked.remote ? "set gateway.remote.token to match gateway.auth.token" : asked.rules.localTokenHint;
}

function nextStep(reason: string): string {
  if (reason.endsWith("_missing")) return "update_auth_configuration";
  if (reason === "rate_limited") return "wait_then_retry";
  if (reason === "bootstrap_token_invalid") return "review_auth_configuration";
  return "update_auth_credentials";
}

function wrong(code: ConnectErrorCode, reason: string, text: string): Credential {
  return { ok: false, counts: true, problem: { code, reason, text } };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
