import { serviceLimits } from "./limits.ts";
import type { ServiceScope } from "./service-spec.ts";
import type { PlanCommand } from "./service-plan.ts";

/** Never asks for a password: a question that nobody sees would hang. */
export function systemctl(scope: ServiceScope, words: readonly string[]): readonly [string, ...string[]] {
  return ["systemctl", ...(scope === "user" ? ["--user"] : []), "--no-ask-password", ...words];
}

export function systemctlOrder(
  scope: ServiceScope,
  env: Readonly<Record<string, string>>,
  words: readonly string[],
  more: Partial<PlanCommand> = {},
): PlanCommand {
  const withEnv = Object.keys(env).length === 0 ? {} : { env };
  return { argv: systemctl(scope, words), ...withEnv, timeoutMs: serviceLimits.orderMs, ...more };
}
