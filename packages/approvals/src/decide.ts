import { claimProblem, driftProblem } from "./approval/check-approval.ts";
import { planKey, readApproval, type ApprovalClaim, type ApprovalOptions } from "./approval/read-approval.ts";
import { commandMarker, grantsOf } from "./command/grants.ts";
import { commandTextOf, rawCommandAgrees } from "./command/canonical.ts";
import type { Decision, DenyReason, InvalidReason } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { GateName } from "./gate.ts";
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
import { findObstacle, findRefusal, type Obstacle } from "./verdict.ts";

/**
 * `prepared`: what `prepareRun` handed out; without it no approval with a plan counts.
 * `legacyApprovals`: the owner lets approvals without a plan through (default false).
 * `gatewayApprovals`: the owner lets the Gateway's operator approve single runs (default true).
 * `approver`: whose answer the approval in the request is (default "gateway"). What binds the Gateway's
 * operator (`gatewayApprovals`, `legacyApprovals`, `alwaysGrants`) says nothing about the owner at the node;
 * a plan that `prepared` holds is needed all the same.
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
  return walkGates(request, policy, facts, options).decision;
}

/** A decision and the gate at which the run was stopped: whoever decides against it has to name one. */
export type Walk = WalkFacts &
  (
    | { readonly decision: Extract<Decision, { outcome: "allow" }>; readonly stoppedAt?: undefined }
    | { readonly decision: Exclude<Decision, { outcome: "allow" }>; readonly stoppedAt: GateName }
  );

/** What the decision was made from, as far as it came. */
interface WalkFacts {
  readonly claim?: ApprovalClaim | undefined;
  readonly effective?: EffectivePolicy | undefined;
  readonly judged?: Judgement | undefined;
  /** Also where an approval lifted it. */
  readonly obstacle?: Obstacle | undefined;
}

/** What `decide` does, with its way. */
export function walkGates(
  request: RunRequest,
  policy: LoadedPolicy,
  facts: Facts,
  options: DecideOptions,
): Walk {
  const malformed = requestProblem(request);
  if (malformed !== undefined) return invalid("request", malformed.reason, malformed.message);
  if (!rawCommandAgrees(request, facts.pathStyle)) {
    const message = "INVALID_REQUEST: rawCommand does not match command";
    return invalid("raw-text", "raw-command-mismatch", message);
  }
  const claim = readApproval(request, options);
  if (claim.kind === "invalid") return invalid("approval-claim", claim.reason, claim.message);
  const guarded = guardFacts(facts);
  const own = effectivePolicy(policy, request.agentId);
  const effective = claim.kind === "ask-fallback" ? withFallback(own) : own;
  const typedName = options.prepared?.find(planKey(request))?.typedName;
  const judged = judgeCommand(request, effective, guarded, typedName, options);
  const { view } = judged;

  const refusal = findRefusal(policy, effective, judged);
  const obstacle =
    refusal === undefined ? findObstacle(effective, judged, commandTextOf(request.argv)) : undefined;
  const seen: WalkFacts = { claim, effective, judged, obstacle };
  const deny = (stoppedAt: GateName, rule: Rule, reason: DenyReason): Walk => {
    return { ...seen, stoppedAt, decision: { outcome: "deny", rule, reason, view } };
  };
  if (refusal !== undefined) return deny(refusal.gate, refusal.rule, refusal.reason);
  const plan = (strict: boolean): PlannedRun => planRun(request, effective, judged, guarded, strict);

  if (claim.kind === "legacy" || claim.kind === "approved") {
    const approved = planApproved(claim, own, request, guarded, () => plan(true));
    const decision = claim.kind === "legacy" ? "legacy" : claim.decision;
    const by = options.approver === "owner" ? { by: options.approver } : {};
    const rule: Rule = { kind: "approval", decision, ...by };
    if (approved.ok) {
      if (request.needsScreenRecording) return deny("screen-recording", THE_REQUEST, "screen-recording");
      if (claim.kind === "approved") options.prepared?.consume(planKey(request));
      const uses = usesOf(effective, judged);
      const grant = grantFor(claim, own, judged, request, guarded, options);
      const saved = grant === undefined ? {} : { grant };
      return {
        ...seen,
        decision: { outcome: "allow", rule, reason: "approved", view, plan: approved.plan, uses, ...saved },
      };
    }
    // What the policy allows by itself needs no approval, so there a stale one is nothing.
    if (obstacle !== undefined) return deny("approval", rule, approved.reason);
  }
  if (obstacle !== undefined) {
    return { ...seen, stoppedAt: obstacle.gate, decision: { ...obstacle.verdict, view } };
  }
  const full = effective.security.value === "full";
  const planned = plan(!full);
  if (!planned.ok) return deny(planGate(planned.reason), THE_REQUEST, planned.reason);
  if (request.needsScreenRecording) return deny("screen-recording", THE_REQUEST, "screen-recording");
  return {
    ...seen,
    decision: {
      outcome: "allow",
      rule: full ? effective.security.rule : listedRule(judged),
      reason: full ? "full" : "listed",
      view,
      plan: planned.plan,
      uses: usesOf(effective, judged),
    },
  };
}

const THE_REQUEST: Rule = { kind: "request" };

function invalid(stoppedAt: GateName, reason: InvalidReason, message: string): Walk {
  return { stoppedAt, decision: { outcome: "invalid", reason, message } };
}

function planGate(reason: DenyReason): GateName {
  return reason === "executable-unresolved" ? "executable" : "working-directory";
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
  { alwaysGrants, approver }: DecideOptions,
): AlwaysGrant | undefined {
  if (claim.kind !== "approved" || claim.decision !== "allow-always") return undefined;
  if (alwaysGrants === false && approver !== "owner") return undefined;
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
