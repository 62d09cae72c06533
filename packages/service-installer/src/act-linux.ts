import { serviceLimits } from "./limits.ts";
import { systemdLocations } from "./service-locations.ts";
import type { PlanCommand, PlanStep } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";
import { systemctlOrder } from "./systemctl.ts";

export function actOnLinux(
  action: "start" | "stop" | "restart" | "uninstall",
  world: ServiceWorld,
): readonly PlanStep[] {
  const places = systemdLocations(world.target, world.self.home);
  const step = (words: readonly string[], more: Partial<PlanCommand> = {}): PlanStep => ({
    kind: "command",
    command: systemctlOrder(world.target.scope, world.commandEnv, words, more),
  });
  switch (action) {
    case "start":
    case "restart":
      return [
        step(["reset-failed", places.name], { mayFail: true }),
        step([action, places.name], { timeoutMs: serviceLimits.startMs, failure: "not-started" }),
      ];
    case "stop":
      return [step(["stop", places.name], { timeoutMs: serviceLimits.stopMs })];
    case "uninstall":
      return [
        step(["disable", "--now", places.name], { timeoutMs: serviceLimits.stopMs }),
        { kind: "remove", path: world.installed.definition?.path ?? places.definition },
        { kind: "remove", path: places.secrets },
        step(["daemon-reload"], { mayFail: true }),
        step(["reset-failed", places.name], { mayFail: true }),
      ];
  }
}
