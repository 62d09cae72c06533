import { claimProblem, driftProblem } from "./approval/check-approval.ts";
import { planKey, readApproval, type ApprovalClaim, type ApprovalOptions } from "./approval/read-approval.ts";
import { commandMarker, grantsOf } from "./command/grants.ts";
import { commandTextOf, rawCommandAgrees } from "./command/canonical.ts";
import type { Decision, DenyReason } from "./decision.ts";
import type { Facts } from "./facts.ts";
import { guardFacts } from "./guard-facts.ts";
import type { JudgeOptions } from "./judge-options.ts";
import { judgeCommand, type Judgement } from "./judge.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { effectivePolicy, type EffectivePolicy } from "./policy/effective.ts";
import { withFallback } from "./policy/fallback.ts";
import { alwaysGrant, type AlwaysGrant } from "./policy/grant.ts";
import { requestProblem } from "./request-check.ts";
import type { RunRequest } from "./request.ts";
import type { Rule } from "./rule.ts";
import { planRun, type PlannedRun } from "./run-plan.ts";
import { findObstacle, findRefusal } from "./verdict.ts";

/**
 * `prepared`: what `prepareRun` handed out; without it no approval with a plan counts.
 * `legacyApprovals`: the owner lets approvals without a plan through (default false).
 * `gatewayApprovals`: the owner lets the Gateway's operator approve single runs (default true).
 */
export type DecideOptions = ApprovalOptions & JudgeOptions;

/**
 * Judges one request in the order of exec section 2.3. Total: answers every input, never
 * throws. An approval that was used is taken out of `options.prepared`; nothing else changes.
 */
export function decide(
  request: RunRequest,
  policy: LoadedPolicy,
  facts: Facts,
  options: DecideOptions = {},
): Decision {
  const malformed = requestProblem(request);
  if (malformed !== undefined) return { outcome: "invalid", ...malformed };
  if (!rawCommandAgrees(request, facts.pathStyle)) {
    const message = "INVALID_REQUEST: rawCommand does not match command";
    return { outcome: "invalid", reason: "raw-command-mismatch", message };
  }
  const claim = readApproval(request, options);
  if (claim.kind === "invalid") {
    return { outcome: "invalid", reason: claim.reason, message: claim.message };
  }
  const guarded = guardFacts(facts);
  const own = effectivePolicy(policy, request.agentId);
  const effective = claim.kind === "ask-fallback" ? withFallback(own) : own;
  const typedName = options.prepared?.find(planKey(request))?.typedName;
  const judged = judgeCommand(request, effective, guarded, typedName, options);
  const { view } = judged;
  const deny = (rule: Rule, reason: DenyReason): Decision => {
    return { outcome: "deny", rule, reason, view };
  };

  const refusal = findRefusal(policy, effective, judged);
  if (refusal !== undefined) return deny(refusal.rule, refusal.reason);
  const obstacle = findObstacle(effective, judged, commandTextOf(request.argv));
  const plan = (strict: boolean): PlannedRun => planRun(request, effective, judged, guarded, strict);

  if (claim.kind === "legacy" || claim.kind === "approved") {
    const approved = planApproved(claim, own, request, guarded, () => plan(true));
    const decision = claim.kind === "legacy" ? "legacy" : claim.decision;
    const rule: Rule = { kind: "approval", decision };
    if (approved.ok) {
      if (request.needsScreenRecording) return deny({ kind: "request" }, "screen-recording");
      if (claim.kind === "approved") options.prepared?.consume(planKey(request));
      const uses = usesOf(effective, judged);
      const grant = grantFor(claim, own, judged, request, guarded, options);
      const saved = grant === undefined ? {} : { grant };
      return { outcome: "allow", rule, reason: "approved", view, plan: approved.plan, uses, ...saved };
    }
    // What the policy allows by itself needs no approval, so there a stale one is nothing.
    if (obstacle !== undefined) return deny(rule, approved.reason);
  }
  if (obstacle !== undefined) return { ...obstacle, view };
  const full = effective.security.value === "full";
  const planned = plan(!full);
  if (!planned.ok) return deny({ kind: "request" }, planned.reason);
  if (request.needsScreenRecording) return deny({ kind: "request" }, "screen-recording");
  return {
    outcome: "allow",
    rule: full ? effective.security.rule : listedRule(judged),
    reason: full ? "full" : "listed",
    view,
    plan: planned.plan,
    uses: usesOf(effective, judged),
  };
}

/** The plan of an approved run, if it is the one that the operator saw. */
function planApproved(
  claim: Extract<ApprovalClaim, { kind: "approved" | "legacy" }>,
  policy: EffectivePolicy,
  request: RunRequest,
  facts: Facts,
  plan: () => PlannedRun,
): PlannedRun {
  const stale = claim.kind === "approved" ? claimProblem(claim, policy) : undefined;
  if (stale !== undefined) return { ok: false, reason: stale };
  const planned = plan();
  if (!planned.ok || claim.kind === "legacy") return planned;
  const drift = driftProblem(claim, planned.plan, request.env, facts);
  return drift === undefined ? planned : { ok: false, reason: drift };
}

/** Agent ids under which an entry would count for other agents as well. */
const SHARED_AGENTS: ReadonlySet<string> = new Set(["*", "default", ""]);

/** What "allow always" saves: only with a plan that was shown, and for one agent alone. */
function grantFor(
  claim: ApprovalClaim,
  policy: EffectivePolicy,
  judged: Judgement,
  request: RunRequest,
  facts: Facts,
  { alwaysGrants }: JudgeOptions,
): AlwaysGrant | undefined {
  if (claim.kind !== "approved" || claim.decision !== "allow-always" || alwaysGrants === false)
    return undefined;
  if (request.agentId === undefined || SHARED_AGENTS.has(request.agentId)) return undefined;
  const { complete, entries } = grantsOf(judged, facts);
  if (entries.length === 0) return undefined;
  return alwaysGrant(policy, complete ? [...entries, commandMarker(claim.plan.commandText)] : entries);
}

/** Entries count as used where the allowlist is what was asked. */
function usesOf({ security }: EffectivePolicy, { coverage }: Judgement): Judgement["coverage"]["uses"] {
  return security.value === "allowlist" ? coverage.uses : [];
}

/** The entry of the first program; a text of builtins alone has none. */
function listedRule({ coverage }: Judgement): Rule {
  const rules = coverage.segments.flatMap((segment) => segment.by ?? []);
  return rules.find((rule) => rule.kind === "entry") ?? rules[0] ?? { kind: "request" };
}
