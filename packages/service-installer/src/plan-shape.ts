import type { ServiceProblem } from "./errors.ts";
import { nativeManager, serviceFacts } from "./service-facts.ts";
import type { ServiceAction, ServicePlan, ServiceResultWord } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";
import { actingManager } from "./ways-out.ts";

/** A plan of which only the facts about now are filled in; whoever plans fills in the rest. */
export function emptyPlan(action: ServiceAction, world: ServiceWorld): Omit<ServicePlan, "outcome"> {
  const manager = actingManager(world)?.manager ?? nativeManager(world.platform);
  const now = serviceFacts(manager, world.target.scope, world.installed.loaded);
  return {
    action,
    manager,
    steps: [],
    undo: { before: [], after: [] },
    before: now,
    after: now,
    definitionPath: world.installed.definition?.path,
    warnings: [],
    notes: world.others,
  };
}

export function refused(action: ServiceAction, world: ServiceWorld, problem: ServiceProblem): ServicePlan {
  return { ...emptyPlan(action, world), outcome: { kind: "refused", problem } };
}

export function nothingToDo(
  action: ServiceAction,
  world: ServiceWorld,
  result: ServiceResultWord,
  message: string,
  warnings: ServicePlan["warnings"] = [],
): ServicePlan {
  return { ...emptyPlan(action, world), outcome: { kind: "nothing", result, message }, warnings };
}

/** System services are root's business, except on Windows, where the manager itself refuses. */
export function rightsProblem(action: ServiceAction, world: ServiceWorld): ServiceProblem | undefined {
  if (world.platform === "win32") return undefined;
  if (world.target.scope === "system" && !world.isRoot)
    return {
      code: "not-permitted",
      message: "only root can change system services",
      hints: [`sudo openclaw node ${action} --system`],
    };
  if (world.target.scope === "user" && world.homeOwner !== undefined && world.isRoot)
    return {
      code: "wrong-home",
      message: `\`${world.self.home}\` belongs to another user than root; a user service of root does not belong there`,
      hints: [
        `run it without sudo: openclaw node ${action}`,
        `or make it a system service: sudo openclaw node ${action} --system`,
      ],
    };
  return undefined;
}
