import { definitionOf } from "./definition.ts";
import { ServiceError, type ServiceProblem } from "./errors.ts";
import type { InstallParts } from "./install-parts.ts";
import { emptyPlan, nothingToDo, refused, rightsProblem } from "./plan-shape.ts";
import { planByHand } from "./plan-by-hand.ts";
import { partsFor } from "./platform-install.ts";
import { nativeManager, serviceFacts } from "./service-facts.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { ServicePlan } from "./service-plan.ts";
import type { ServiceSpec } from "./service-spec.ts";
import { isSupported, namesFor } from "./service-names.ts";
import type { InstalledDefinition } from "./service-state.ts";
import { shownCommand } from "./shell-text.ts";
import type { ServiceWorld } from "./service-world.ts";
import { isTemporaryPath } from "./temporary-path.ts";
import { actingManager, noManagerProblem } from "./ways-out.ts";

/**
 * Pure. Without `force` an existing service is left alone, except one of ours that is not enabled (a half-made one). A
 * spec that cannot be rendered, a machine without a service manager, missing rights, and a service of another writer
 * give the outcome `refused`.
 */
export function planInstall(spec: ServiceSpec, world: ServiceWorld): ServicePlan {
  try {
    return planned(spec, world);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return refused("install", world, { code: error.code, message: error.message, hints: [] });
  }
}

function planned(spec: ServiceSpec, world: ServiceWorld): ServicePlan {
  const definition = definitionOf(spec);
  const native = nativeManager(world.platform);
  const acting = actingManager(world);
  const other = world.managers.find((state) => state.available && state.manager !== native)?.manager;
  // Plain scripts for sh, where there is nothing that is known.
  const usual = isSupported(world.platform) ? native : "runit";
  const manager = spec.manager ?? (acting === undefined ? (other ?? usual) : native);
  const byHand = spec.print === true || manager !== native;
  if (byHand) return planByHand(spec, definition, manager, world);
  const problem = rightsProblem("install", world) ?? accountProblem(spec, world);
  if (problem !== undefined) return refused("install", world, problem);
  if (acting === undefined) return refused("install", world, noManagerProblem(world));

  const parts = partsFor(spec, definition, world);
  const existing = existingService(spec, world, parts);
  if (existing !== undefined) return existing;
  const replaced = world.installed.definition;
  const takesPlace = replaced !== undefined && replaced.path === parts.definitionPath;
  return {
    ...emptyPlan("install", world),
    outcome: { kind: "apply", result: "installed" },
    steps: parts.steps,
    undo: parts.undo,
    after: serviceFacts(native, spec.scope, true),
    definitionPath: parts.definitionPath,
    warnings: [...parts.warnings, ...rootWarning(spec, world), ...temporaryWarnings(spec, world)],
    notes: [
      ...(takesPlace && replaced.text !== parts.definitionText
        ? [
            {
              code: "replaced-service" as const,
              text: `the former definition is kept as \`${parts.definitionPath}.bak\``,
            },
          ]
        : []),
      ...(world.dropIns.length === 0
        ? []
        : [
            {
              code: "drop-ins" as const,
              text: `${world.dropIns.map((path) => `\`${path}\``).join(", ")} changes what the unit says`,
            },
          ]),
      ...world.others,
    ],
  };
}

function accountProblem(spec: ServiceSpec, world: ServiceWorld): ServiceProblem | undefined {
  if (spec.scope === "user" || (world.account !== undefined && world.account.name === spec.user))
    return undefined;
  return {
    code: "bad-user",
    message:
      spec.user === undefined
        ? "a system service needs the name of the account that it runs as"
        : `there is no account \`${spec.user}\` on this machine`,
    hints: ["openclaw node install --system --user NAME"],
  };
}

/** What stands in the place already, when that decides. */
function existingService(
  spec: ServiceSpec,
  world: ServiceWorld,
  parts: InstallParts,
): ServicePlan | undefined {
  const { definition, loaded, findings } = world.installed;
  if (spec.force === true || (definition === undefined && !loaded)) return undefined;
  if (definition?.origin !== "ours") {
    return refused("install", world, foreignProblem(definition, world));
  }
  if (!loaded) return undefined;
  const differs = definition.text !== parts.definitionText;
  const warning: ServiceNote = {
    code: "differs",
    text: "the installed service was made with other options; it was left as it is",
    command: "openclaw node install --force",
  };
  return nothingToDo(
    "install",
    world,
    "already-installed",
    `Node service already ${world.platform === "linux" ? "enabled" : world.platform === "darwin" ? "loaded" : "registered"}.`,
    [...(differs ? [warning] : []), ...findings],
  );
}

function foreignProblem(
  definition: InstalledDefinition | undefined,
  { platform, target }: ServiceWorld,
): ServiceProblem {
  const beside = "or install beside it: openclaw --profile NAME node install";
  if (definition !== undefined && definition.text === undefined) {
    const { name } = namesFor(nativeManager(platform), target.stateProfile);
    return {
      code: "foreign-service",
      message: `\`${definition.path}\` is there already and cannot be read, as when a unit is masked; it was left alone`,
      hints: [
        ...(platform === "linux"
          ? [
              `see what it is: ls -l ${shownCommand([definition.path])}`,
              `when it is masked: ${target.scope === "system" ? "sudo systemctl" : "systemctl --user"} unmask ${name}`,
            ]
          : []),
        beside,
      ],
    };
  }
  const official = definition?.origin === "official";
  return {
    code: "foreign-service",
    message: `${definition === undefined ? "a service of this name" : `\`${definition.path}\``} is there already and ${official ? "is an official OpenClaw release's" : "was not written by this program"}; it was left alone`,
    hints: ["take its place (a copy is kept): openclaw node install --force", beside],
  };
}

function rootWarning(spec: ServiceSpec, { platform, isRoot, account }: ServiceWorld): readonly ServiceNote[] {
  const asRoot = spec.scope === "user" ? isRoot : account?.uid === 0;
  if (platform === "win32" || !asRoot) return [];
  return [
    {
      code: "runs-as-root",
      text: "the host and everything that it runs have all rights of root; give it an account of its own",
      command: "openclaw node install --system --user NAME",
    },
  ];
}

function temporaryWarnings(spec: ServiceSpec, world: ServiceWorld): readonly ServiceNote[] {
  return [spec.runtime, spec.entry]
    .filter((path) => isTemporaryPath(path, world.temporaryDirs))
    .map((path) => ({
      code: "temporary-path" as const,
      text: `\`${path}\` lies in a directory for temporary files; the service breaks when it is emptied`,
      command: "npm install --global @openclaw/node",
    }));
}
