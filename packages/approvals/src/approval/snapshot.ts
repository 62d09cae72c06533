import type { PlanRule, PolicySnapshot } from "@openclaw/protocol";
import type { EffectivePolicy } from "../policy/effective.ts";

const encoder = new TextEncoder();

/** The policy as it stands, for a plan that will be approved later. Source: exec section 2.6. */
export function policySnapshot(policy: EffectivePolicy): PolicySnapshot {
  const rules = new Map<string, PlanRule>();
  for (const { entry } of policy.allowlist) {
    const rule: PlanRule = {
      pattern: entry.pattern,
      ...(entry.argPattern === undefined ? {} : { argPattern: entry.argPattern }),
      ...(entry.source === undefined ? {} : { source: entry.source }),
    };
    rules.set(JSON.stringify(fields(rule)), rule);
  }
  return {
    security: policy.security.value,
    ask: policy.ask.value,
    askFallback: policy.askFallback.value,
    autoAllowSkills: policy.autoAllowSkills.value,
    allowlistRules: [...rules.values()].toSorted(compareRules),
  };
}

/**
 * Whether an approval given under `old` still stands: nothing but new entries may have
 * come, or the upgrade of an old entry to a generated one.
 */
export function isSnapshotCurrent(old: PolicySnapshot, now: PolicySnapshot): boolean {
  const present = (rule: PlanRule, source: PlanRule["source"]): boolean =>
    now.allowlistRules.some(
      (each) =>
        each.pattern === rule.pattern && each.argPattern === rule.argPattern && each.source === source,
    );
  return (
    old.security === now.security &&
    old.ask === now.ask &&
    old.askFallback === now.askFallback &&
    old.autoAllowSkills === now.autoAllowSkills &&
    old.allowlistRules.every((rule) => present(rule, rule.source) || present(rule, "allow-always"))
  );
}

function fields(rule: PlanRule): readonly (string | null)[] {
  return [rule.pattern, rule.argPattern ?? null, rule.source ?? null];
}

function compareRules(left: PlanRule, right: PlanRule): number {
  const [a, b] = [fields(left), fields(right)];
  for (const [index, text] of a.entries()) {
    const order = compareBytes(text, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Absent comes first; UTF-16 order differs from byte order outside the basic plane. */
function compareBytes(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  const [a, b] = [encoder.encode(left), encoder.encode(right)];
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? -1 : (a[at] ?? 0) - (b[at] ?? -1);
}
