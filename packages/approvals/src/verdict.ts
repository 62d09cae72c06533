import { mentionsAuditSuppressions } from "./audit-suppressions.ts";
import type { AskReason, DenyReason } from "./decision.ts";
import type { GateName } from "./gate.ts";
import type { Judgement } from "./judge.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import type { Rule } from "./rule.ts";

export interface Refusal {
  readonly gate: GateName;
  readonly rule: Rule;
  readonly reason: DenyReason;
}

/** What stands in the way, and the gate at which it does. */
export interface Obstacle {
  readonly gate: GateName;
  readonly verdict:
    | { readonly outcome: "deny"; readonly rule: Rule; readonly reason: DenyReason }
    | { readonly outcome: "ask"; readonly rule: Rule; readonly reason: AskReason };
}

/** What no approval can lift. */
export function findRefusal(
  policy: LoadedPolicy,
  { security }: EffectivePolicy,
  judged: Judgement,
): Refusal | undefined {
  const { rule } = security;
  if (policy.kind === "malformed") return { gate: "policy-file", rule, reason: "policy-malformed" };
  if (security.value === "deny") return { gate: "security", rule, reason: "security-deny" };
  return judged.denied && { gate: "deny-entries", rule: judged.denied, reason: "deny-entry" };
}

/** What stands in the way while nobody has approved. Source: exec section 2.3, step 6. */
export function findObstacle(
  effective: EffectivePolicy,
  judged: Judgement,
  commandText: string,
): Obstacle | undefined {
  const { security, ask } = effective;
  const missed = isMissed(effective, judged);
  if (ask.value === "always") return asks("ask", "ask-always", ask.rule);
  if (missed || judged.denyUnproven) {
    const reason = missed ? missReason(judged) : "deny-list-unproven";
    return ask.value === "on-miss"
      ? asks("ask", reason, ask.rule)
      : { gate: "ask", verdict: { outcome: "deny", rule: security.rule, reason } };
  }
  if (judged.view.inlineEval !== undefined) return asks("inline-code", "inline-eval");
  const open = security.value === "full" && ask.value === "off";
  return !open && mentionsAuditSuppressions(commandText)
    ? asks("audit-suppressions", "audit-suppressions")
    : undefined;
}

/** Whether the allowlist is what counts, and leaves a part uncovered. */
export function isMissed({ security }: EffectivePolicy, { coverage }: Judgement): boolean {
  return security.value === "allowlist" && !coverage.covered;
}

function asks(gate: GateName, reason: AskReason, rule: Rule = { kind: "request" }): Obstacle {
  return { gate, verdict: { outcome: "ask", rule, reason } };
}

function missReason({ coverage }: Judgement): "not-listed" | "not-analyzable" {
  return coverage.notAnalyzable === undefined ? "not-listed" : "not-analyzable";
}
