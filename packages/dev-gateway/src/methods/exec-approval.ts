import { OPERATOR_METHODS } from "@openclaw/protocol";
import * as z from "zod/mini";
import { done, invalidRequest, type Answer } from "../answers.ts";
import { approvalRequestSchema, type ApprovalRequest } from "../approval-request.ts";
import { approvalViewers, hasApprovalRoute } from "../approval-route.ts";
import { approvalOutcome, approvalSummary, shownApproval } from "../approval-view.ts";
import type { Decision } from "../approvals-broker.ts";
import type { EraRules } from "../era.ts";
import { operatorMethod, type Call, type MethodTable } from "../method-table.ts";

interface ById {
  readonly id: string;
}

const byId: z.ZodMiniType<ById> = z.strictObject({ id: z.string().check(z.minLength(1)) });
const DECISIONS: readonly Decision[] = ["allow-once", "allow-always", "deny"];

/** Asking an operator about one run, in one or two steps. Source: protocol section 5. */
export function execApprovalMethods(rules: EraRules): MethodTable {
  return {
    "exec.approval.request": operatorMethod("operator.approvals", approvalRequestSchema(rules), request),
    "exec.approval.waitDecision": operatorMethod("operator.approvals", byId, async ({ parts, params }) => {
      const ended = await parts.approvals.wait(params.id);
      return ended === undefined
        ? invalidRequest("approval expired or not found")
        : done(approvalOutcome(ended, rules));
    }),
    "exec.approval.resolve": operatorMethod(
      "operator.approvals",
      OPERATOR_METHODS["exec.approval.resolve"],
      resolve,
    ),
    "exec.approval.get": operatorMethod("operator.approvals", byId, ({ parts, params }) => {
      const approval = parts.approvals.get(params.id);
      return approval === undefined || approval.terminalReason !== undefined
        ? notFound(rules)
        : done(approvalSummary(approval));
    }),
    "exec.approval.list": operatorMethod(
      "operator.approvals",
      OPERATOR_METHODS["exec.approval.list"],
      ({ parts }) => done(parts.approvals.list().map((open) => shownApproval(open, rules))),
    ),
  };
}

async function request(call: Call<ApprovalRequest>): Promise<Answer> {
  const { parts, params, connection, session } = call;
  const { rules, approvals } = parts;
  const problem = requestProblem(params, rules);
  if (problem !== undefined) return invalidRequest(problem);
  const by = { connId: connection.id, deviceId: session.deviceId };
  const approval = approvals.open(params, by);
  if (approval === undefined) return invalidRequest("approval id already pending");
  const { id, createdAtMs, expiresAtMs } = approval;
  const viewers = approvalViewers(parts.connections, by, rules);
  const routed = hasApprovalRoute(viewers, connection, rules);
  if (!routed && params.requireDeliveryRoute !== false) {
    approvals.end(id, null, "no-route");
    return done({ id, decision: null, createdAtMs, expiresAtMs });
  }
  const shown = shownApproval(approval, rules);
  for (const viewer of viewers) viewer.broadcast("exec.approval.requested", shown, false);
  if (params.twoPhase === true) {
    const deliveryRoute = routed ? "approval-client" : "none";
    const route = rules.approvalRoute === "approval-client" ? { deliveryRoute } : {};
    return done({ status: "accepted", id, ...route, createdAtMs, expiresAtMs });
  }
  const ended = await approvals.wait(id);
  return done({ id, decision: ended?.decision ?? null, createdAtMs, expiresAtMs });
}

function requestProblem(params: ApprovalRequest, rules: EraRules): string | undefined {
  if ((params.command ?? params.systemRunPlan?.commandText ?? "").trim() === "") {
    return "command is required";
  }
  if (params.host !== "node" || rules.approvalRoute === "none") return undefined;
  if ((params.nodeId ?? "") === "") return "nodeId is required for host=node";
  return params.systemRunPlan === undefined ? "systemRunPlan is required for host=node" : undefined;
}

function resolve(call: Call<{ readonly id: string; readonly decision: string }>): Answer {
  const { parts, params, session } = call;
  const { rules, approvals } = parts;
  const decision = DECISIONS.find((known) => known === params.decision);
  if (decision === undefined) return invalidRequest("invalid decision");
  const approval = approvals.get(params.id);
  if (approval === undefined) return notFound(rules);
  if (approval.terminalReason === undefined) {
    approvals.end(
      params.id,
      decision,
      "user",
      session.connect.client.displayName ?? session.connect.client.id,
    );
    return done({ ok: true });
  }
  // The two oldest eras forget an answer at once.
  if (rules.surfaceApproval !== "live") return notFound(rules);
  if (approval.decision === decision) return done({ ok: true });
  return invalidRequest("approval already resolved", { reason: "APPROVAL_ALREADY_RESOLVED" });
}

function notFound(rules: EraRules): Answer {
  if (rules.approvalRoute === "none") return invalidRequest("unknown approval id");
  const remediation = "Re-request the action; pending approvals are cleared after expiry or restart.";
  return invalidRequest("unknown or expired approval id", {
    reason: "APPROVAL_NOT_FOUND",
    ...(rules.surfaceApproval === "live" ? { remediation } : {}),
  });
}
