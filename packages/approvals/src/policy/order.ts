import type { ExecAsk, ExecSecurity } from "@openclaw/protocol";

const SECURITY: readonly ExecSecurity[] = ["deny", "allowlist", "full"];
const ASK: readonly ExecAsk[] = ["off", "on-miss", "always"];

/** Whether the first value allows no more than the second. */
export function securityWithin(left: ExecSecurity, right: ExecSecurity): boolean {
  return SECURITY.indexOf(left) <= SECURITY.indexOf(right);
}

/** Whether the first value asks at least as often as the second. */
export function asksAtLeast(left: ExecAsk, right: ExecAsk): boolean {
  return ASK.indexOf(left) >= ASK.indexOf(right);
}

export function stricterSecurity(left: ExecSecurity, right: ExecSecurity): ExecSecurity {
  return securityWithin(left, right) ? left : right;
}

export function stricterAsk(left: ExecAsk, right: ExecAsk): ExecAsk {
  return asksAtLeast(left, right) ? left : right;
}
