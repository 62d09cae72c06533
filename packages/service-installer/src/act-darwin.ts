import { bootout, bootstrap, launchctl } from "./launchctl.ts";
import { launchdLocations } from "./service-locations.ts";
import type { PlanCommand, PlanStep } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";

export function actOnDarwin(
  action: "start" | "stop" | "restart" | "uninstall",
  world: ServiceWorld,
): readonly PlanStep[] {
  const places = launchdLocations(world.target, world.self.home, world.self.uid);
  const { loaded, definition } = world.installed;
  const name = `${places.domain}/${places.name}`;
  const step = (command: PlanCommand): PlanStep => ({ kind: "command", command });
  switch (action) {
    case "start":
    case "restart":
      if (loaded) {
        const words = action === "restart" ? ["kickstart", "-k", name] : ["kickstart", name];
        return [step({ ...launchctl(words), failure: "not-started" })];
      }
      return [step(launchctl(["enable", name])), step(bootstrap(places))];
    case "stop":
      return [step(bootout(places))];
    case "uninstall":
      return [
        ...(loaded ? [step(bootout(places))] : []),
        { kind: "remove", path: definition?.path ?? places.definition },
        { kind: "remove", path: places.secrets },
      ];
  }
}
