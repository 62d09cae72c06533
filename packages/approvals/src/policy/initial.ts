import { BUILT_IN } from "./effective.ts";
import type { PolicyJson } from "./document.ts";

/** How a policy document is written: two spaces, a line end at the end. Source: exec section 1.1. */
export function policyText(json: PolicyJson): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * The policy of a new node: our strict defaults, each written out, because the newest
 * Gateways read an absent field as the widest value. `agentIds` get an empty allowlist.
 */
export function initialPolicyText(agentIds: readonly string[] = []): string {
  const agents = Object.fromEntries(agentIds.map((id) => [id, { allowlist: [] }]));
  return policyText({ version: 1, defaults: { ...BUILT_IN }, agents });
}
