import type { EraRules } from "../era.ts";
import type { MethodTable } from "../method-table.ts";
import { devicePairingMethods } from "./device-pairing.ts";
import { deviceTokenMethods } from "./device-tokens.ts";
import { execApprovalMethods } from "./exec-approval.ts";
import { execApprovalsMethods } from "./exec-approvals.ts";
import { nodePairingMethods } from "./node-pairing.ts";
import { nodePendingMethods } from "./node-pending.ts";
import { nodeSideMethods } from "./node-side.ts";
import { nodeUpdateMethods } from "./node-updates.ts";
import { nodeMethods } from "./nodes.ts";

/** The methods that an era knows. Source: protocol section 5. */
export function methodsOf(rules: EraRules): MethodTable {
  const all: MethodTable = {
    ...nodeMethods,
    ...nodePairingMethods,
    ...devicePairingMethods,
    ...deviceTokenMethods,
    ...execApprovalsMethods(rules),
    ...execApprovalMethods(rules),
    ...nodeSideMethods,
    ...(rules.surfaceApproval === "none" ? {} : nodePendingMethods),
    ...(rules.era === "2026.9" ? nodeUpdateMethods : {}),
  };
  const absent = new Set<string>();
  if (rules.surfaceApproval !== "live") {
    absent.add("node.pair.remove").add("exec.approval.get").add("exec.approval.list");
  }
  if (rules.surfaceApproval === "none") {
    absent.add("device.pair.remove").add("exec.approval.waitDecision");
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => !absent.has(name)));
}
