export const ROLES = ["node", "operator"] as const;
export type Role = (typeof ROLES)[number];

/** All scopes that an operator of ours asks for at its first pairing. Source: protocol section 6.1. */
export const OPERATOR_SCOPES = [
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
  "operator.read",
  "operator.write",
] as const;
export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

/** Values of `client.id` that every Gateway of 2026 accepts. Source: protocol section 2.1. */
export const CLIENT_IDS = [
  "webchat-ui",
  "openclaw-control-ui",
  "webchat",
  "cli",
  "gateway-client",
  "openclaw-macos",
  "openclaw-ios",
  "openclaw-android",
  "node-host",
  "test",
  "fingerprint",
  "openclaw-probe",
] as const;
export type ClientId = (typeof CLIENT_IDS)[number];

export const CLIENT_MODES = ["webchat", "cli", "ui", "backend", "node", "probe", "test"] as const;
export type ClientMode = (typeof CLIENT_MODES)[number];

export interface ClientPlatform {
  readonly platform: string;
  readonly deviceFamily: string;
}

/**
 * The platform names that keep `system.*` allowed on every Gateway; the raw names of the
 * runtime (`darwin`, `win32`) count as unknown on some. Source: protocol section 0.
 */
export function clientPlatform(runtimePlatform: string): ClientPlatform {
  if (runtimePlatform === "darwin") return { platform: "macos", deviceFamily: "Mac" };
  if (runtimePlatform === "win32") return { platform: "windows", deviceFamily: "Windows" };
  return { platform: "linux", deviceFamily: "Linux" };
}
