import { posix } from "node:path";

import type { Definition } from "./definition.ts";
import type { InstallParts } from "./install-parts.ts";
import { serviceLimits } from "./limits.ts";
import { systemdLocations } from "./service-locations.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { PlanCommand, PlanStep } from "./service-plan.ts";
import type { ServiceSpec } from "./service-spec.ts";
import type { ServiceWorld } from "./service-world.ts";
import { systemctlOrder } from "./systemctl.ts";
import { renderSystemdSecrets, renderSystemdUnit, type SystemdNotify } from "./systemd-unit.ts";

export function installOnLinux(spec: ServiceSpec, definition: Definition, world: ServiceWorld): InstallParts {
  const places = systemdLocations(spec, world.self.home);
  const notify = notifyOf(spec, world);
  const text = renderSystemdUnit({
    ...definition,
    scope: spec.scope,
    user: spec.user,
    notify,
    harden: spec.harden === true,
    systemdVersion: world.systemdVersion,
    secretsFile: places.secrets,
  });
  const order = (words: readonly string[], more: Partial<PlanCommand> = {}): PlanCommand =>
    systemctlOrder(spec.scope, world.commandEnv, words, more);
  const command = (words: readonly string[], more: Partial<PlanCommand> = {}): PlanStep => ({
    kind: "command",
    command: order(words, more),
  });
  const old = world.installed.definition;
  const wasThere = old?.path === places.definition;
  const steps: PlanStep[] = [
    ...(spec.secrets.size === 0
      ? []
      : [
          { kind: "directory" as const, path: posix.dirname(places.secrets), mode: 0o700 },
          {
            kind: "write" as const,
            file: {
              path: places.secrets,
              text: renderSystemdSecrets(spec.secrets),
              mode: 0o600,
              secret: true,
            },
          },
        ]),
    { kind: "directory", path: places.definitionDir, mode: 0o700 },
    ...(wasThere && old.text !== text
      ? [{ kind: "copy" as const, from: places.definition, to: `${places.definition}.bak` }]
      : []),
    { kind: "write", file: { path: places.definition, text, mode: 0o600 } },
    command(["daemon-reload"]),
    command(["enable", places.name]),
    // Otherwise a unit that failed too often before could not be started.
    command(["reset-failed", places.name], { mayFail: true }),
    command(["restart", places.name], { timeoutMs: serviceLimits.startMs, failure: "not-started" }),
  ];
  const ran = world.installed.runtime.status === "running";
  return {
    definitionPath: places.definition,
    definitionText: text,
    steps,
    undo: {
      before:
        wasThere && world.installed.loaded
          ? []
          : [order(["disable", "--now", places.name], { mayFail: true, timeoutMs: serviceLimits.stopMs })],
      after: [
        order(["daemon-reload"], { mayFail: true }),
        order(["reset-failed", places.name], { mayFail: true }),
        ...(wasThere && ran
          ? [order(["restart", places.name], { mayFail: true, timeoutMs: serviceLimits.startMs })]
          : []),
      ],
    },
    warnings: [...lingerWarning(spec, world), ...notifyWarning(spec, notify)],
  };
}

/** Platform notes section 1: the first way needs systemd 253, the second its command. */
export function notifyOf(spec: ServiceSpec, world: ServiceWorld): SystemdNotify {
  if (spec.notifies === false) return { kind: "none" };
  const directory =
    spec.scope === "system"
      ? "/run"
      : (world.commandEnv["XDG_RUNTIME_DIR"] ?? world.env["XDG_RUNTIME_DIR"] ?? "");
  const socket = posix.join(directory, "systemd/notify");
  if ((world.systemdVersion ?? 0) >= 253 && /^\/[A-Za-z0-9_./-]+$/u.test(socket))
    return { kind: "open-file", socket };
  return world.hasSystemdNotify ? { kind: "command" } : { kind: "none" };
}

function notifyWarning(spec: ServiceSpec, notify: SystemdNotify): readonly ServiceNote[] {
  if (notify.kind !== "none" || spec.notifies === false) return [];
  return [
    {
      code: "no-notify",
      text: "systemd is older than 253 and `systemd-notify` is not there: systemd will not know when the host is ready, and will not restart one that hangs",
    },
  ];
}

/** Without lingering a user's services end with the last session. */
function lingerWarning(spec: ServiceSpec, world: ServiceWorld): readonly ServiceNote[] {
  if (spec.scope === "system" || world.linger !== "no") return [];
  const { name } = world.self;
  return [
    {
      code: "linger-off",
      text: "the service stops when you log out and does not start at boot, because lingering is off",
      command: `${world.isRoot ? "" : "sudo "}loginctl enable-linger ${name}`,
    },
  ];
}
