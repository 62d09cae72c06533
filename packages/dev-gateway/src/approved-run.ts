import { invalidRequest, type Answer } from "./answers.ts";
import type { Approval } from "./approvals-broker.ts";
import type { EraRules } from "./era.ts";
import { isFields, type Fields } from "./plain-object.ts";

/** A call of `system.run` that names an approval by its run id. */
export interface ApprovalUse {
  readonly runId: string;
  readonly nodeId: string;
  readonly deviceId?: string | undefined;
  /** What the caller wants to run. */
  readonly fields: Fields;
  /** `ask-fallback` of the newest era: nobody answered, and the node shall decide alone. */
  readonly source?: string | undefined;
}

export type UsedApproval =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly answer: Answer };

/**
 * What a recorded approval makes of a run: the approved plan takes the place of what the
 * caller wrote, and the decision is the recorded one. Source: exec sections 2.1 and 2.6.
 */
export function approvedRun(
  approval: Approval | undefined,
  use: ApprovalUse,
  now: number,
  rules: EraRules,
): UsedApproval {
  const refuse = (message: string, code: string, more: Fields = {}): UsedApproval => ({
    ok: false,
    answer: invalidRequest(message, { code, runId: use.runId, ...more }),
  });
  if (approval === undefined) return refuse("unknown or expired approval id", "UNKNOWN_APPROVAL_ID");
  const { request, requestedBy, decision } = approval;
  if (rules.era !== "2026.9" && now > approval.expiresAtMs) {
    return refuse("approval expired", "APPROVAL_EXPIRED");
  }
  if (request.nodeId === undefined || request.nodeId === null) {
    return refuse("approval id missing node binding", "APPROVAL_NODE_BINDING_MISSING");
  }
  if (request.nodeId !== use.nodeId) {
    return refuse("approval id not valid for this node", "APPROVAL_NODE_MISMATCH");
  }
  if (requestedBy.deviceId !== undefined && requestedBy.deviceId !== use.deviceId) {
    return refuse("approval id not valid for this device", "APPROVAL_DEVICE_MISMATCH");
  }
  const environment = environmentProblem(request.env, use.fields["env"]);
  if (environment !== undefined) return refuse(...environment);
  const planned = plannedFields(approval, use.fields);
  if (use.source !== undefined) {
    const unanswered = decision === null && approval.terminalReason !== undefined;
    if (!unanswered) {
      return refuse("approval source does not match the approval", "APPROVAL_SOURCE_MISMATCH");
    }
    return { ok: true, fields: { ...planned, approvalSource: use.source } };
  }
  const spent = approval.used && decision === "allow-once";
  if (decision === null || decision === "deny" || spent) {
    return refuse("approval required", "APPROVAL_REQUIRED");
  }
  return { ok: true, fields: { ...planned, approved: true, approvalDecision: decision } };
}

function plannedFields({ request }: Approval, wanted: Fields): Fields {
  const plan = request.systemRunPlan;
  if (plan === undefined) return wanted;
  const { argv, commandText, cwd, agentId, sessionKey } = plan;
  const { cwd: _cwd, agentId: _agentId, sessionKey: _sessionKey, ...kept } = wanted;
  return {
    ...kept,
    command: argv,
    rawCommand: commandText,
    ...(cwd === null ? {} : { cwd }),
    ...(agentId === null ? {} : { agentId }),
    ...(sessionKey === null ? {} : { sessionKey }),
    systemRunPlan: plan,
  };
}

function environmentProblem(
  approved: Readonly<Record<string, string>> | undefined,
  wanted: unknown,
): [message: string, code: string, more: Fields] | undefined {
  const asked = Object.entries(isFields(wanted) ? wanted : {});
  const envKeys = asked.map(([key]) => key).toSorted();
  if (approved === undefined || Object.keys(approved).length === 0) {
    if (asked.length === 0) return undefined;
    const text = "approval id missing env binding for requested env overrides";
    return [text, "APPROVAL_ENV_BINDING_MISSING", { envKeys }];
  }
  const equal =
    asked.length === Object.keys(approved).length && asked.every(([key, value]) => approved[key] === value);
  if (equal) return undefined;
  return ["approval id env binding mismatch", "APPROVAL_ENV_MISMATCH", { envKeys }];
}
