import { findingsOf, lookAtDefinition } from "./installed-definition.ts";
import { launchdRuntime } from "./launchd-print.ts";
import { serviceLimits } from "./limits.ts";
import { managerState } from "./manager-answer.ts";
import { launchdLocations } from "./service-locations.ts";
import type { ServiceTarget } from "./service-spec.ts";
import type { ServiceSystem } from "./service-system.ts";
import type { ServiceWorld } from "./service-world.ts";

/** Without a graphical session there is no `gui` domain: then only a daemon helps. */
export async function lookAtDarwin(
  system: ServiceSystem,
  target: ServiceTarget,
  temporaryDirs: readonly string[],
): Promise<Pick<ServiceWorld, "managers" | "systemManagerRuns" | "installed">> {
  const places = launchdLocations(target, system.self.home, system.self.uid);
  const question = { timeoutMs: serviceLimits.questionMs };
  const service = await system.run(["launchctl", "print", `${places.domain}/${places.name}`], question);
  const loaded = service.kind === "exited" && service.code === 0;
  const domain = loaded ? service : await system.run(["launchctl", "print", places.domain], question);
  const state = managerState("launchd", domain);
  const definition = lookAtDefinition(system, "launchd", places.definition, places.secrets);
  return {
    managers: [state],
    systemManagerRuns: domain.kind !== "missing",
    installed: {
      definition,
      loaded,
      runtime: loaded
        ? launchdRuntime(service.stdout, definition === undefined)
        : state.available
          ? { status: "stopped" }
          : { status: "unknown", detail: state.detail },
      findings: findingsOf(system, definition, temporaryDirs),
    },
  };
}
