import type { Connection } from "./connection.ts";
import type { EraRules } from "./era.ts";
import { covers } from "./pairing-need.ts";

const APPROVAL_CAPS = ["approvals", "exec-approvals"];

/**
 * The connections that are shown a question: in the newest era only clients that say they
 * handle approvals and may see this one, before that every operator with the scope.
 */
export function approvalViewers(
  connections: Iterable<Connection>,
  requestedBy: { readonly connId: string; readonly deviceId?: string | undefined },
  rules: EraRules,
): readonly Connection[] {
  return [...connections].filter(({ id, session }) => {
    if (session?.role !== "operator" || !covers(session.scopes, "operator.approvals")) return false;
    // From summer 2026 on the one who asks is not told of its own question.
    if (id === requestedBy.connId && rules.surfaceApproval === "live") return false;
    if (rules.approvalRoute !== "approval-client") return true;
    const handles = (session.connect.caps ?? []).some((cap) => APPROVAL_CAPS.includes(cap));
    const own = session.deviceId !== undefined && session.deviceId === requestedBy.deviceId;
    return handles && (own || session.scopes.includes("operator.admin"));
  });
}

/** Whether somebody other than the one who asks could answer. */
export function hasApprovalRoute(
  viewers: readonly Connection[],
  requester: Connection,
  rules: EraRules,
): boolean {
  if (rules.approvalRoute === "none") return true;
  return viewers.some((viewer) => viewer !== requester);
}
