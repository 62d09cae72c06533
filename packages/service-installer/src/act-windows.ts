import { win32 } from "node:path";

import { serviceLimits } from "./limits.ts";
import { runTask, schtasks, startLauncher, stopSteps } from "./schtasks.ts";
import { taskLocations } from "./service-locations.ts";
import type { PlanStep } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";

export function actOnWindows(
  action: "start" | "stop" | "restart" | "uninstall",
  world: ServiceWorld,
): readonly PlanStep[] {
  const places = taskLocations(world.target);
  const { system32 = "C:\\Windows\\System32", startupDir = "", startupEntry = false } = world.windows ?? {};
  const start: PlanStep = {
    kind: "command",
    command: startupEntry ? startLauncher(system32, places.launcher) : runTask(system32, places.name),
  };
  switch (action) {
    case "start":
      return [start];
    case "stop":
      return stopSteps(world, places);
    case "restart":
      return [...stopSteps(world, places), start];
    case "uninstall":
      return [
        ...stopSteps(world, places),
        startupEntry
          ? { kind: "remove", path: win32.join(startupDir, `${places.name}.vbs`) }
          : {
              kind: "command",
              command: {
                argv: schtasks(system32, ["/Delete", "/F", "/TN", places.name]),
                timeoutMs: serviceLimits.orderMs,
              },
            },
        ...[places.definition, places.launcher, places.secrets, places.taskXml].map((path): PlanStep => ({
          kind: "remove",
          path,
        })),
      ];
  }
}
