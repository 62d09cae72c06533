import type { Approval } from "./approvals-broker.ts";
import type { EraRules } from "./era.ts";
import type { Fields } from "./plain-object.ts";

const ALLOWED = ["allow-once", "allow-always", "deny"];
const ANALYSIS = { commandCount: 1, nestedCommandCount: 0, riskKinds: [], warningLines: [] };
const OLDEST = ["command", "cwd", "host", "security", "ask", "agentId", "resolvedPath", "sessionKey"];
const TURN = ["turnSourceChannel", "turnSourceTo", "turnSourceAccountId", "turnSourceThreadId"];
const NEWEST = [
  "warningText",
  "scope",
  "sessionId",
  "runId",
  "toolCallId",
  "cronExecutionSource",
  "cronOperationBinding",
];

/** An approval as lists and events show it, with the keys of an era. */
export function shownApproval(approval: Approval, rules: EraRules): Fields {
  const { id, createdAtMs, expiresAtMs } = approval;
  return {
    ...(rules.era === "2026.9" ? { approvalKind: "exec" } : {}),
    id,
    request: shownRequest(approval, rules),
    createdAtMs,
    expiresAtMs,
  };
}

/** The short form that `exec.approval.get` answers. */
export function approvalSummary(approval: Approval): Fields {
  const { request } = approval;
  return {
    id: approval.id,
    commandText: request.systemRunPlan?.commandText ?? request.command ?? "",
    commandPreview: request.systemRunPlan?.commandPreview ?? null,
    allowedDecisions: ALLOWED,
    host: request.host ?? null,
    nodeId: request.nodeId ?? null,
    agentId: request.agentId ?? null,
    expiresAtMs: approval.expiresAtMs,
  };
}

/** How an approval ended. */
export function approvalOutcome(approval: Approval, rules: EraRules): Fields {
  const { id, decision, createdAtMs, expiresAtMs, terminalReason } = approval;
  const named = rules.era === "2026.9" && terminalReason !== undefined;
  return { id, decision, createdAtMs, expiresAtMs, ...(named ? { terminalReason } : {}) };
}

/** The event about the end of an approval; nobody's answer counts as a refusal. */
export function resolvedPayload(
  approval: Approval,
  resolvedBy: string | null,
  ts: number,
  rules: EraRules,
): Fields {
  const decision = approval.decision ?? "deny";
  return { id: approval.id, decision, resolvedBy, ts, request: shownRequest(approval, rules) };
}

function shownRequest(approval: Approval, rules: EraRules): Fields {
  const request: Fields = { ...approval.request };
  const pick = (names: readonly string[]): Fields =>
    Object.fromEntries(names.map((name) => [name, request[name] ?? null]));
  if (rules.approvalRoute === "none") return pick(OLDEST);
  const plan = approval.request.systemRunPlan;
  const env = Object.keys(approval.request.env ?? {});
  const binding =
    plan === undefined
      ? null
      : {
          argv: plan.argv,
          cwd: plan.cwd,
          agentId: plan.agentId,
          sessionKey: plan.sessionKey,
          envHash: env.length === 0 ? null : env.toSorted().join(","),
        };
  const newer = rules.era === "2026.3" ? {} : { commandAnalysis: ANALYSIS, allowedDecisions: ALLOWED };
  return {
    ...pick([...OLDEST, "nodeId", ...TURN]),
    command: plan?.commandText ?? request["command"] ?? "",
    systemRunBinding: binding,
    systemRunPlan: plan ?? null,
    ...newer,
    ...(rules.era === "2026.6" ? pick(["warningText"]) : {}),
    ...(rules.era === "2026.9" ? pick(NEWEST) : {}),
  };
}
