import { systemRunPlanSchema, type PolicySnapshot, type SystemRunPlan } from "@openclaw/protocol";
import { commandTextOf } from "../command/canonical.ts";
import type { InvalidReason } from "../decision.ts";
import type { RunRequest } from "../request.ts";
import type { ApprovalKind } from "../rule.ts";
import type { PlanKey, PreparedPlan, PreparedPlans } from "./prepared-plans.ts";

/** What a request says about an approval, checked for form only. */
export type ApprovalClaim =
  | { readonly kind: "none" }
  /** Nobody could be asked: the policy's own fallback decides. */
  | { readonly kind: "ask-fallback" }
  | { readonly kind: "legacy" }
  | {
      readonly kind: "approved";
      readonly decision: ApprovalKind;
      readonly plan: SystemRunPlan;
      /** What `prepareRun` handed out for this plan; absent when it did not. */
      readonly prepared: PreparedPlan | undefined;
      readonly snapshots: readonly PolicySnapshot[];
    }
  | { readonly kind: "invalid"; readonly reason: InvalidReason; readonly message: string };

export interface ApprovalOptions {
  readonly prepared?: PreparedPlans | undefined;
  readonly legacyApprovals?: boolean | undefined;
  readonly gatewayApprovals?: boolean | undefined;
  readonly approver?: "gateway" | "owner" | undefined;
}

/** Reads the approval fields of a request in the order of exec section 2.3, steps 1 to 3. */
export function readApproval(request: RunRequest, options: ApprovalOptions): ApprovalClaim {
  const { approvalSource, approvalDecision, plan } = request;
  if (plan !== undefined && !systemRunPlanSchema.safeParse(plan).success) {
    return invalid("plan-invalid", "systemRunPlan invalid");
  }
  const explicit =
    request.approved || approvalDecision === "allow-once" || approvalDecision === "allow-always";
  if (approvalSource !== undefined) {
    if (approvalSource !== "ask-fallback" && approvalSource !== "auto-review") {
      return invalid("approval-source-invalid", "approvalSource invalid");
    }
    if (explicit) {
      const message = "approvalSource cannot be combined with explicit approval";
      return invalid("approval-source-combined", message);
    }
    if (plan === undefined || !describes(plan, request)) {
      const message = "approvalSource requires matching systemRunPlan";
      return invalid("approval-source-needs-plan", message);
    }
    if (approvalSource === "ask-fallback") return { kind: "ask-fallback" };
  } else if (!explicit) {
    return { kind: "none" };
  }
  const owner = options.approver === "owner";
  if (options.gatewayApprovals === false && !owner) return { kind: "none" };
  if (plan === undefined && options.legacyApprovals === true && !owner) return { kind: "legacy" };
  if (plan === undefined || !describes(plan, request)) {
    const message = "explicit approval requires matching systemRunPlan";
    return invalid("approval-needs-plan", message);
  }
  const prepared = options.prepared?.find(planKey(request));
  const snapshots = [plan.policySnapshot, prepared?.plan.policySnapshot].filter(
    (snapshot) => snapshot !== undefined,
  );
  if (snapshots.length === 0) {
    const message = "delayed approval requires a prepared policy snapshot";
    return invalid("snapshot-missing", message);
  }
  const decision = explicit ? (approvalDecision ?? "allow-once") : "auto-review";
  return { kind: "approved", decision, plan, prepared, snapshots };
}

/** The name of the plan that a request would have been prepared as. */
export function planKey(request: RunRequest): PlanKey {
  return {
    argv: request.argv,
    cwd: request.cwd ?? null,
    commandText: commandTextOf(request.argv),
    agentId: request.agentId ?? null,
    sessionKey: request.sessionKey ?? null,
  };
}

function describes(plan: SystemRunPlan, request: RunRequest): boolean {
  const key = planKey(request);
  return (
    plan.argv.length === key.argv.length &&
    plan.argv.every((argument, index) => argument === key.argv[index]) &&
    plan.cwd === key.cwd &&
    plan.commandText === key.commandText &&
    plan.agentId === key.agentId &&
    plan.sessionKey === key.sessionKey
  );
}

function invalid(reason: InvalidReason, message: string): ApprovalClaim {
  return { kind: "invalid", reason, message };
}
