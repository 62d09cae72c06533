// The exec approvals policy: request, policy and facts in, one decision with its rule and reason out.
// No IO: facts about the machine come in through the interface `Facts`.
export { LIMITS } from "./limits.ts";
export type { FileFact, Facts, PathStyle } from "./facts.ts";
export type { RunRequest } from "./request.ts";
export type {
  ApprovalKind,
  DenyEntryRule,
  EntryRule,
  PolicyProblem,
  Rule,
  SettingField,
  SettingRule,
  SettingSource,
} from "./rule.ts";
export type {
  AllowReason,
  AskReason,
  CommandView,
  Decision,
  DenyReason,
  EntryUse,
  InvalidReason,
  MissCause,
  NotAnalyzable,
  SegmentView,
} from "./decision.ts";
export type {
  AgentJson,
  AgentsJson,
  DenyJson,
  EntryJson,
  LoadedPolicy,
  PolicyAgent,
  PolicyDenyEntry,
  PolicyDocument,
  PolicyEntry,
  PolicyJson,
  PolicyScope,
  PolicyValues,
} from "./policy/document.ts";
export { hashPolicyText } from "./policy/hash.ts";
export { loadPolicy } from "./policy/load.ts";
export { effectivePolicy, type EffectivePolicy, type Setting } from "./policy/effective.ts";
export { initialPolicyText } from "./policy/initial.ts";
export { projectPolicy } from "./policy/wire.ts";
export { applySet, type SetOptions } from "./policy/set.ts";
export type { PolicyEdit, PolicyEditCode, RandomId } from "./policy/edit.ts";
export { addAllowlistEntry, recordUse, removeAllowlistEntry, type EntryChange } from "./policy/entries.ts";
export { addDenyEntry, removeDenyEntry, type DenyChange } from "./policy/deny-entries.ts";
export { replacePolicy } from "./policy/replace.ts";
export { grantAlways, type AlwaysGrant } from "./policy/grant.ts";
export { diffPolicies, type EntryTerms, type PolicyDifference } from "./policy/diff.ts";
export { differenceLine } from "./policy/diff-line.ts";
export { isNarrowing } from "./policy/narrow.ts";
export { lintPolicy } from "./lint/lint-policy.ts";
export { lintDroppedItems } from "./lint/dropped-items.ts";
export { findingPlaces, type TextPlace } from "./lint/places.ts";
export { LINT_CODES, type Finding, type LintCode, type LintSeverity } from "./lint/finding.ts";
export { commandTextOf } from "./command/canonical.ts";
export { SAFE_BINS } from "./tools/safe-bins.ts";
export type { InlineEval } from "./tools/inline-search.ts";
export { resolveSkillBins } from "./tools/skill-bins.ts";
export type { JudgeOptions } from "./judge-options.ts";
export { decide, type DecideOptions } from "./decide.ts";
export { prepareRun, type PrepareCaller, type PrepareOutcome } from "./approval/prepare.ts";
export {
  PreparedPlans,
  type PlanKey,
  type PreparedBinding,
  type PreparedPlan,
} from "./approval/prepared-plans.ts";
export { recheckBindings, type Recheck } from "./bindings.ts";
export { wireRefusal, type WireRefusal } from "./refusal.ts";
export { explain, type Explanation } from "./explain.ts";
export { explainSegment } from "./miss-text.ts";
export { GATE_NAMES, type Gate, type GateName, type GateStatus } from "./gate.ts";
export { traceDecision, type DecisionTrace } from "./trace.ts";
export { findRemedy, type Remedy, type RemedyStep } from "./remedy.ts";
export { quoteArgv, quoteWord } from "./quote.ts";
export { resolveExecutable, type Resolved } from "./command/resolve.ts";
export { isShellCommand } from "./shell/invocation.ts";
