import { win32 } from "node:path";

import { serviceLimits } from "./limits.ts";
import type { TaskLocations } from "./service-locations.ts";
import type { PlanCommand, PlanStep } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";

/** By its full path: Windows would look in the current directory first. */
export function schtasks(system32: string, words: readonly string[]): readonly [string, ...string[]] {
  return [win32.join(system32, "schtasks.exe"), ...words];
}

export function runTask(system32: string, name: string): PlanCommand {
  return {
    argv: schtasks(system32, ["/Run", "/TN", name]),
    timeoutMs: serviceLimits.orderMs,
    failure: "not-started",
  };
}

export function startLauncher(system32: string, launcher: string): PlanCommand {
  return {
    argv: [win32.join(system32, "wscript.exe"), "//B", "//NoLogo", launcher],
    timeoutMs: serviceLimits.orderMs,
    detached: true,
    failure: "not-started",
  };
}

/** The launcher goes first, else it would start the host again; then the host with all that it started. */
export function stopSteps(world: ServiceWorld, places: TaskLocations): readonly PlanStep[] {
  const { system32 = "C:\\Windows\\System32", startupEntry = false } = world.windows ?? {};
  const { hostPid } = world.target;
  const command = (argv: readonly [string, ...string[]]): PlanStep => ({
    kind: "command",
    command: { argv, timeoutMs: serviceLimits.stopMs, mayFail: true },
  });
  return [
    { kind: "write", file: { path: places.stopFile, text: "", mode: 0o600 } },
    ...(startupEntry ? [] : [command(schtasks(system32, ["/End", "/TN", places.name]))]),
    ...(hostPid === undefined
      ? []
      : [command([win32.join(system32, "taskkill.exe"), "/PID", String(hostPid), "/T", "/F"])]),
  ];
}
