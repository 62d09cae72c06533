import type { ConnectParams, Role } from "@openclaw/protocol";
import type { EraRules } from "./era.ts";
import type { DeviceRecord } from "./gateway-state.ts";

export type PairingReason = "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";

/** What a connect of a device needs before it is let in. */
export type PairingNeed =
  | { readonly kind: "none" }
  | { readonly kind: "approve-silently" }
  | { readonly kind: "ask"; readonly reason: PairingReason };

/** Compares a connect with what was approved before. Source: protocol section 2.6. */
export function pairingNeed(
  device: DeviceRecord | undefined,
  connect: Pick<ConnectParams, "client">,
  role: Role,
  scopes: readonly string[],
  remote: boolean,
  rules: EraRules,
): PairingNeed {
  if (device === undefined) {
    return remote ? ask("not-paired") : { kind: "approve-silently" };
  }
  const { platform, deviceFamily } = connect.client;
  const moved = !sameName(platform, device.platform) || !familyFits(deviceFamily, device, rules);
  if (moved && rules.platformPinned !== "no") return ask("metadata-upgrade");
  const token = device.tokens[role];
  const roleApproved = device.roles.includes(role) && token?.revokedAtMs === undefined;
  if (!roleApproved) {
    // The oldest Gateways take a revoked or a new role from this machine without a word.
    const silent = rules.platformPinned === "no" && (!remote || device.roles.includes(role));
    return silent ? { kind: "approve-silently" } : ask("role-upgrade");
  }
  if (scopes.every((scope) => covers(device.scopes, scope))) return { kind: "none" };
  return rules.silentScopes && !remote ? { kind: "approve-silently" } : ask("scope-upgrade");
}

/** `operator.admin` covers all operator scopes, `operator.write` covers reading. */
export function covers(scopes: readonly string[], wanted: string): boolean {
  if (scopes.includes(wanted)) return true;
  if (!wanted.startsWith("operator.")) return false;
  if (scopes.includes("operator.admin")) return true;
  return wanted === "operator.read" && scopes.includes("operator.write");
}

/** A family may be added where none is remembered; leaving it out counts only where the pin is exact. */
function familyFits(sent: string | undefined, device: DeviceRecord, rules: EraRules): boolean {
  if (device.deviceFamily === undefined) return true;
  if (sent === undefined) return rules.platformPinned !== "exact";
  return sameName(sent, device.deviceFamily);
}

function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function ask(reason: PairingReason): PairingNeed {
  return { kind: "ask", reason };
}
