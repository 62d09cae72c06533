import { win32 } from "node:path";

import type { Definition } from "./definition.ts";
import { serviceLimits } from "./limits.ts";
import type { InstallParts } from "./install-parts.ts";
import { runTask, schtasks, startLauncher, stopSteps } from "./schtasks.ts";
import { taskLocations } from "./service-locations.ts";
import type { PlanStep } from "./service-plan.ts";
import type { ServiceSpec } from "./service-spec.ts";
import type { ServiceWorld } from "./service-world.ts";
import { renderLauncher, renderNodeScript, renderSecretsScript } from "./task-scripts.ts";
import { renderTaskXml } from "./task-xml.ts";

/**
 * A task that runs the launcher without a window. When Task Scheduler refuses, a user's service becomes an entry of the
 * Startup folder, as in official releases since June 2026.
 */
export function installOnWindows(
  spec: ServiceSpec,
  definition: Definition,
  world: ServiceWorld,
): InstallParts {
  const places = taskLocations(spec);
  const {
    system32 = "C:\\Windows\\System32",
    startupDir = "",
    startupEntry: startsItself = false,
  } = world.windows ?? {};
  const user = spec.scope === "system" ? (spec.user ?? world.self.name) : world.self.name;
  const script = renderNodeScript({ ...definition, secretsFile: places.secrets });
  const launcher = renderLauncher(spec.stateDir, "node.cmd", "node.stop");
  const xml = renderTaskXml({
    scope: spec.scope,
    description: spec.description,
    user,
    program: win32.join(system32, "wscript.exe"),
    launcher: places.launcher,
  });
  const startupFile = win32.join(startupDir, `${places.name}.vbs`);
  const write = (path: string, text: string, more: object = {}): PlanStep => ({
    kind: "write",
    file: { path, text, mode: 0o600, ...more },
  });
  const create = ["/Create", "/F", "/TN", places.name, "/XML", places.taskXml];
  const old = world.installed.definition;
  const registered: PlanStep[] = [
    { kind: "remove", path: places.taskXml },
    ...(spec.scope === "user" ? [{ kind: "remove" as const, path: startupFile }] : []),
    { kind: "command", command: runTask(system32, places.name) },
  ];
  const inStartup: PlanStep[] = [
    { kind: "remove", path: places.taskXml },
    { kind: "directory", path: startupDir, mode: 0o700 },
    write(startupFile, launcher, { encoding: "utf16le-bom" }),
    { kind: "command", command: startLauncher(system32, places.launcher) },
  ];
  const again: PlanStep = {
    kind: "command",
    command: { argv: schtasks(system32, create), timeoutMs: serviceLimits.orderMs },
    ...(spec.scope === "user"
      ? {
          otherwise: {
            steps: inStartup,
            note: {
              code: "startup-folder" as const,
              text: "Task Scheduler refused; the host starts from the Startup folder at logon instead",
            },
          },
        }
      : {}),
  };
  return {
    definitionPath: places.definition,
    definitionText: script,
    steps: [
      { kind: "directory", path: spec.stateDir, mode: 0o700 },
      ...(world.installed.loaded ? stopSteps(world, places) : []),
      ...(spec.secrets.size === 0
        ? []
        : [write(places.secrets, renderSecretsScript(spec.secrets), { secret: true })]),
      ...(old !== undefined && old.text !== script
        ? [{ kind: "copy" as const, from: places.definition, to: `${places.definition}.bak` }]
        : []),
      write(places.definition, script),
      write(places.launcher, launcher, { encoding: "utf16le-bom" }),
      write(places.taskXml, xml, { encoding: "utf16le-bom" }),
      {
        kind: "command",
        command: {
          argv: schtasks(system32, [...create, "/RU", user, "/NP"]),
          timeoutMs: serviceLimits.orderMs,
        },
        otherwise: { steps: [again, ...registered] },
      },
      ...registered,
    ],
    undo: {
      before: world.installed.loaded
        ? []
        : [
            {
              argv: schtasks(system32, ["/Delete", "/F", "/TN", places.name]),
              timeoutMs: serviceLimits.orderMs,
              mayFail: true,
            },
          ],
      // It was stopped to be replaced.
      after:
        world.installed.runtime.status === "running"
          ? [
              {
                ...(startsItself ? startLauncher(system32, places.launcher) : runTask(system32, places.name)),
                mayFail: true,
              },
            ]
          : [],
    },
    warnings: [],
  };
}
