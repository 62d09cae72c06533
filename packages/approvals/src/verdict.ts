import { mentionsAuditSuppressions } from "./audit-suppressions.ts";
import type { AskReason, DenyReason } from "./decision.ts";
import type { Judgement } from "./judge.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import type { Rule } from "./rule.ts";

export interface Refusal {
  readonly rule: Rule;
  readonly reason: DenyReason;
}

export type Obstacle =
  | ({ readonly outcome: "deny" } & Refusal)
  | { readonly outcome: "ask"; readonly rule: Rule; readonly reason: AskReason };

/** What no approval can lift. */
export function findRefusal(
  policy: LoadedPolicy,
  { security }: EffectivePolicy,
  judged: Judgement,
): Refusal | undefined {
  if (policy.kind === "malformed") return { rule: security.rule, reason: "policy-malformed" };
  if (security.value === "deny") return { rule: security.rule, reason: "security-deny" };
  return judged.denied && { rule: judged.denied, reason: "deny-entry" };
}

/** What stands in the way while nobody has approved. Source: exec section 2.3, step 6. */
export function findObstacle(
  { security, ask }: EffectivePolicy,
  judged: Judgement,
  commandText: string,
): Obstacle | undefined {
  const missed = security.value === "allowlist" && !judged.coverage.covered;
  if (ask.value === "always") return { outcome: "ask", rule: ask.rule, reason: "ask-always" };
  if (missed || judged.denyUnproven) {
    const reason = missed ? missReason(judged) : "deny-list-unproven";
    return ask.value === "on-miss"
      ? { outcome: "ask", rule: ask.rule, reason }
      : { outcome: "deny", rule: security.rule, reason };
  }
  if (judged.view.inlineEval !== undefined) {
    return { outcome: "ask", rule: { kind: "request" }, reason: "inline-eval" };
  }
  const open = security.value === "full" && ask.value === "off";
  return !open && mentionsAuditSuppressions(commandText)
    ? { outcome: "ask", rule: { kind: "request" }, reason: "audit-suppressions" }
    : undefined;
}

function missReason({ coverage }: Judgement): "not-listed" | "not-analyzable" {
  return coverage.notAnalyzable === undefined ? "not-listed" : "not-analyzable";
}
