import type { EffectivePolicy } from "./effective.ts";
import { securityWithin } from "./order.ts";

/**
 * The policy when nobody can be asked: no wider than `askFallback`, and nobody is asked.
 * Source: exec section 2.3, step 5.
 */
export function withFallback(policy: EffectivePolicy): EffectivePolicy {
  const { security, askFallback } = policy;
  return {
    ...policy,
    security: securityWithin(security.value, askFallback.value) ? security : askFallback,
    ask: { value: "off", rule: askFallback.rule },
  };
}
