import { serviceLimits } from "./limits.ts";
import type { LaunchdLocations } from "./service-locations.ts";
import type { PlanCommand } from "./service-plan.ts";

export function launchctl(words: readonly string[]): PlanCommand {
  return { argv: ["launchctl", ...words], timeoutMs: serviceLimits.orderMs };
}

/** Stops and unloads. */
export function bootout({ domain, name }: LaunchdLocations): PlanCommand {
  return { ...launchctl(["bootout", `${domain}/${name}`]), timeoutMs: serviceLimits.stopMs };
}

/** Right after a bootout launchd answers with an input/output error until the old job is gone. */
export function bootstrap({ domain, definition }: LaunchdLocations): PlanCommand {
  return { ...launchctl(["bootstrap", domain, definition]), attempts: 6, failure: "not-started" };
}
