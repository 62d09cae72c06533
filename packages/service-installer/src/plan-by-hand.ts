import { posix } from "node:path";

import type { Definition } from "./definition.ts";
import { renderOpenrcFiles, renderRunitFiles } from "./init-scripts.ts";
import { partsFor } from "./platform-install.ts";
import { emptyPlan } from "./plan-shape.ts";
import { nativeManager, serviceFacts } from "./service-facts.ts";
import { initLocations, type InitLocations } from "./service-locations.ts";
import type { PlanStep, ServicePlan } from "./service-plan.ts";
import type { RenderedFile, ServiceManager, ServiceSpec } from "./service-spec.ts";
import type { ServiceWorld } from "./service-world.ts";
import { shownCommand } from "./shell-text.ts";

/** Files and what to do with them; nothing is written. For `--print`, and for managers that we only render for. */
export function planByHand(
  spec: ServiceSpec,
  definition: Definition,
  manager: ServiceManager,
  world: ServiceWorld,
): ServicePlan {
  const base = {
    ...emptyPlan("install", world),
    manager,
    before: serviceFacts(manager, spec.scope, world.installed.loaded),
    after: serviceFacts(manager, spec.scope, world.installed.loaded),
  };
  if (manager === "openrc" || manager === "runit") {
    const places = initLocations(manager, spec);
    const account = world.account ?? world.self;
    const service = { ...definition, user: spec.user ?? account.name, home: account.home };
    const files =
      manager === "openrc" ? renderOpenrcFiles(service, places) : renderRunitFiles(service, places);
    return {
      ...base,
      definitionPath: places.definition,
      steps: files.map((file) => ({ kind: "write", file })),
      outcome: { kind: "by-hand", instructions: initInstructions(manager, files, places) },
    };
  }
  // The definition of another platform has its paths too: it is rendered for the one it belongs to.
  const parts = partsFor(spec, definition, { ...world, platform: platformOf(manager, world.platform) });
  const shown = parts.steps.filter((step) => step.kind === "write");
  return {
    ...base,
    definitionPath: parts.definitionPath,
    steps: shown,
    warnings: parts.warnings,
    outcome: { kind: "by-hand", instructions: [...writeLines(shown), ...parts.steps.flatMap(commandLine)] },
  };
}

function platformOf(manager: ServiceManager, platform: NodeJS.Platform): NodeJS.Platform {
  if (manager === nativeManager(platform)) return platform;
  return manager === "launchd" ? "darwin" : manager === "task-scheduler" ? "win32" : "linux";
}

function writeLines(steps: readonly PlanStep[]): readonly string[] {
  return steps.flatMap((step) => (step.kind === "write" ? [saveLine(step.file)] : []));
}

function saveLine({ path, mode, secret }: RenderedFile): string {
  return `save as ${path}, mode ${mode.toString(8).padStart(4, "0")}${secret === true ? " (holds secrets)" : ""}`;
}

function commandLine(step: PlanStep): readonly string[] {
  return step.kind === "command" ? [shownCommand(step.command.argv, step.command.env)] : [];
}

function initInstructions(
  manager: "openrc" | "runit",
  files: readonly RenderedFile[],
  places: InitLocations,
): readonly string[] {
  const directories = [...new Set(files.map(({ path }) => posix.dirname(path)))];
  const own = directories.filter((directory) => directory !== "/etc/init.d");
  return [
    `as root: mkdir -p ${[...own, ...(manager === "runit" ? [places.logDir] : [])].join(" ")}`,
    ...files.map(saveLine),
    ...(manager === "openrc"
      ? [`rc-update add ${places.name} default`, `rc-service ${places.name} start`]
      : [
          `ln -s ${places.definitionDir} /var/service/`,
          `sv status ${places.name}`,
          `another supervisor: let it start ${files.find(({ path }) => path.endsWith(".run"))?.path}`,
          `as the account of the host, with the variables of ${places.secrets}`,
        ]),
  ];
}
