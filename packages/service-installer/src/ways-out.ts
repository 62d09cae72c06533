import type { ServiceProblem } from "./errors.ts";
import { nativeManager } from "./service-facts.ts";
import { namesFor } from "./service-names.ts";
import type { ServiceScope } from "./service-spec.ts";
import type { ManagerState, ServiceWorld } from "./service-world.ts";

/** The manager that acts for the wanted scope; undefined when a person has to. */
export function actingManager(world: ServiceWorld): ManagerState | undefined {
  return world.managers.find((state) => state.available && isNative(world, state));
}

function isNative(world: ServiceWorld, state: ManagerState): boolean {
  return state.manager === nativeManager(world.platform);
}

/** Why there is no service manager, and what can be done instead. */
export function noManagerProblem(world: ServiceWorld): ServiceProblem {
  const state = world.managers.find((candidate) => isNative(world, candidate));
  const reason = state?.available === false ? state.reason : "not-installed";
  const detail = state?.available === false ? `: ${state.detail}` : "";
  const manager = nativeManager(world.platform);
  return {
    code: "no-service-manager",
    message: `${manager} cannot be used here (${reason})${detail}`,
    hints: [...sessionHints(world, reason), ...otherWays(world)],
  };
}

function sessionHints(world: ServiceWorld, reason: string): readonly string[] {
  const { self, platform } = world;
  if (world.wsl && reason !== "denied")
    return [
      "switch systemd on in WSL: write `[boot]` and `systemd=true` into /etc/wsl.conf",
      "then in Windows: wsl --shutdown",
      "then check here: systemctl --user status",
    ];
  // Lingering for root is nobody's wish: a service of the machine is.
  if (platform === "linux" && reason === "no-user-bus" && !world.isRoot)
    return [`sudo loginctl enable-linger ${self.name}`, `export XDG_RUNTIME_DIR=/run/user/${self.uid}`];
  if (platform === "darwin" && reason === "no-user-bus")
    return ["log in on the desktop of this Mac once, then run the command there"];
  return [];
}

function otherWays(world: ServiceWorld): readonly string[] {
  const ways: string[] = [];
  if (world.systemManagerRuns && world.target.scope === "user" && world.platform !== "win32")
    ways.push(
      world.isRoot
        ? `openclaw node install --system --user ${askingUser(world)}`
        : `sudo openclaw node install --system --user ${world.self.name}`,
    );
  ways.push(
    world.container ? "in a container make `openclaw node run` the container's command" : "openclaw node run",
  );
  ways.push("openclaw node install --print");
  return ways;
}

/** Whoever became root for this command. */
function askingUser({ env }: ServiceWorld): string {
  const name = env["SUDO_USER"] ?? "";
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/u.test(name) && name !== "root" ? name : "NAME";
}

/** The recorded hints for a service that is not there (service installer section 6). */
export function notLoadedHints(
  platform: NodeJS.Platform,
  stateProfile: string,
  scope: ServiceScope,
): readonly string[] {
  const manager = nativeManager(platform);
  const { name, fileName } = namesFor(manager, stateProfile);
  const system = scope === "system";
  const direct =
    manager === "launchd"
      ? system
        ? `sudo launchctl bootstrap system /Library/LaunchDaemons/${fileName}`
        : `launchctl bootstrap gui/$UID ~/Library/LaunchAgents/${fileName}`
      : manager === "task-scheduler"
        ? `schtasks /Run /TN "${name}"`
        : system
          ? `sudo systemctl start ${name}`
          : `systemctl --user start ${name}`;
  return ["openclaw node install", "openclaw node start", direct];
}
