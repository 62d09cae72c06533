import { applyPlan } from "./apply-plan.ts";
import { lookAtServices } from "./look-at-services.ts";
import { planRestart, planStart, planStop, planUninstall } from "./plan-actions.ts";
import { planInstall } from "./plan-install.ts";
import { nativeManager, serviceFacts } from "./service-facts.ts";
import { launchdLocations } from "./service-locations.ts";
import { serviceNames } from "./service-names.ts";
import type { ServicePlan, ServiceResult } from "./service-plan.ts";
import type { ServiceSpec, ServiceTarget } from "./service-spec.ts";
import type { ServiceStatus } from "./service-state.ts";
import type { ServiceSystem } from "./service-system.ts";
import type { ServiceWorld } from "./service-world.ts";
import { shownCommand } from "./shell-text.ts";
import { actingManager, noManagerProblem, notLoadedHints } from "./ways-out.ts";

/** Looks, plans and applies. The same for the others below. Throws ServiceError as `lookAtServices`. */
export async function installService(system: ServiceSystem, spec: ServiceSpec): Promise<ServiceResult> {
  return applyPlan(planInstall(spec, await lookAtServices(system, spec)), system);
}

export async function startService(system: ServiceSystem, target: ServiceTarget): Promise<ServiceResult> {
  return act(system, target, planStart);
}

export async function stopService(system: ServiceSystem, target: ServiceTarget): Promise<ServiceResult> {
  return act(system, target, planStop);
}

export async function restartService(system: ServiceSystem, target: ServiceTarget): Promise<ServiceResult> {
  return act(system, target, planRestart);
}

export async function uninstallService(system: ServiceSystem, target: ServiceTarget): Promise<ServiceResult> {
  return act(system, target, planUninstall);
}

async function act(
  system: ServiceSystem,
  target: ServiceTarget,
  plan: (world: ServiceWorld) => ServicePlan,
): Promise<ServiceResult> {
  return applyPlan(plan(await lookAtServices(system, target)), system);
}

/** Everything about the installed service, for `node status`. Changes nothing. Throws as `lookAtServices`. */
export async function readServiceStatus(
  system: ServiceSystem,
  target: ServiceTarget,
): Promise<ServiceStatus> {
  const world = await lookAtServices(system, target);
  const { definition, loaded, runtime, findings } = world.installed;
  const acting = actingManager(world);
  const native = nativeManager(world.platform);
  return {
    manager: acting?.manager,
    service: serviceFacts(native, target.scope, loaded),
    command: definition?.command,
    origin: definition?.origin,
    runtime,
    findings: [...findings, ...originNotes(world), ...world.others],
    problem: acting === undefined ? noManagerProblem(world) : undefined,
    logs: logsOf(world),
    startHints: notLoadedHints(world.platform, target.stateProfile, target.scope),
  };
}

function originNotes(world: ServiceWorld): ServiceStatus["findings"] {
  const { definition } = world.installed;
  if (definition === undefined || definition.origin === "ours") return [];
  const official = definition.origin === "official";
  return [
    {
      code: official ? "official-service" : "foreign-service",
      text: `\`${definition.path}\` ${official ? "is an official OpenClaw release's" : "was not written by this program"}`,
    },
  ];
}

/** Ready to be typed, or a path. */
function logsOf(world: ServiceWorld): readonly string[] {
  const { target, self, platform } = world;
  if (platform === "win32") return [];
  if (platform === "darwin") return [launchdLocations(target, self.home, self.uid).log];
  const { name } = serviceNames(platform, target.stateProfile);
  const scope = target.scope === "user" ? ["--user"] : [];
  return [shownCommand(["journalctl", ...scope, "-u", name, "-n", "200", "--no-pager"])];
}
