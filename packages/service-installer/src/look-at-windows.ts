import { win32 } from "node:path";

import { findingsOf, lookAtDefinition } from "./installed-definition.ts";
import { serviceLimits } from "./limits.ts";
import { managerState } from "./manager-answer.ts";
import { taskRuntime } from "./schtasks-list.ts";
import { taskLocations } from "./service-locations.ts";
import type { ServiceTarget } from "./service-spec.ts";
import type { ServiceRuntime } from "./service-state.ts";
import type { ServiceSystem } from "./service-system.ts";
import type { ServiceWorld } from "./service-world.ts";

type WindowsFacts = Pick<ServiceWorld, "managers" | "systemManagerRuns" | "installed" | "windows">;

export async function lookAtWindows(
  system: ServiceSystem,
  target: ServiceTarget,
  temporaryDirs: readonly string[],
): Promise<WindowsFacts> {
  const places = taskLocations(target);
  const system32 = win32.join(variable(system, "SystemRoot") ?? "C:\\Windows", "System32");
  const schtasks = win32.join(system32, "schtasks.exe");
  const appData = variable(system, "APPDATA") ?? win32.join(system.self.home, "AppData\\Roaming");
  const startupDir = win32.join(appData, "Microsoft\\Windows\\Start Menu\\Programs\\Startup");
  const startupEntry = system.factsOf(win32.join(startupDir, `${places.name}.vbs`)) !== undefined;
  const question = { timeoutMs: serviceLimits.questionMs };
  const task = await system.run([schtasks, "/Query", "/TN", places.name, "/V", "/FO", "LIST"], question);
  const registered = task.kind === "exited" && task.code === 0;
  const any = registered ? task : await system.run([schtasks, "/Query", "/FO", "CSV", "/NH"], question);
  const definition = lookAtDefinition(system, "task-scheduler", places.definition, places.secrets);
  const runtime: ServiceRuntime = registered
    ? taskRuntime(task.stdout)
    : startupEntry
      ? { status: "unknown", detail: "Startup-folder login item installed" }
      : { status: "stopped" };
  const { hostPid } = target;
  return {
    managers: [managerState("task-scheduler", any)],
    systemManagerRuns: any.kind === "exited",
    installed: {
      definition,
      loaded: registered || startupEntry,
      // The host itself knows better than the task that started it.
      runtime: hostPid === undefined ? runtime : { ...runtime, status: "running", pid: hostPid },
      findings: findingsOf(system, definition, temporaryDirs),
    },
    windows: { system32, startupDir, startupEntry },
  };
}

/** Names of variables have no case there. */
function variable(system: ServiceSystem, wanted: string): string | undefined {
  const found = Object.entries(system.env).find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];
  return found === undefined || found === "" ? undefined : found;
}
