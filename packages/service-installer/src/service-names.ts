import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";
import type { ServiceManager } from "./service-spec.ts";

/** How the service of one state profile is called by its manager. */
export interface ServiceNames {
  readonly manager: ServiceManager;
  /** What the manager's commands take. */
  readonly name: string;
  /** The definition's file name; Task Scheduler keeps the definition itself, there it is the script's. */
  readonly fileName: string;
}

/**
 * The default state profile has the official names; others carry the profile, so that two of them can run side by side.
 * Throws `unsupported-platform` or `bad-profile`.
 */
export function serviceNames(platform: NodeJS.Platform, stateProfile: string): ServiceNames {
  if (platform === "linux") return namesFor("systemd", stateProfile);
  if (platform === "darwin") return namesFor("launchd", stateProfile);
  if (platform === "win32") return namesFor("task-scheduler", stateProfile);
  throw new ServiceError(
    "unsupported-platform",
    `there is no service support for \`${platform}\`; run \`openclaw node run\` under your own supervisor, for which \`openclaw node install --print\` writes a script`,
  );
}

export function isSupported(platform: NodeJS.Platform): boolean {
  return platform === "linux" || platform === "darwin" || platform === "win32";
}

/** The same for a manager. Throws `bad-profile`. */
export function namesFor(manager: ServiceManager, stateProfile: string): ServiceNames {
  const profile = checkedProfile(stateProfile);
  switch (manager) {
    case "systemd": {
      const name = `${serviceBase(stateProfile)}.service`;
      return { manager, name, fileName: name };
    }
    case "openrc":
    case "runit": {
      const name = serviceBase(stateProfile);
      return { manager, name, fileName: name };
    }
    case "launchd": {
      const name = `ai.openclaw.node${profile === undefined ? "" : `.${profile}`}`;
      return { manager, name, fileName: `${name}.plist` };
    }
    case "task-scheduler": {
      const name = `OpenClaw Node${profile === undefined ? "" : ` (${profile})`}`;
      return { manager, name, fileName: "node.cmd" };
    }
  }
}

/** `openclaw-node`, with the state profile when there is one. Throws `bad-profile`. */
export function serviceBase(stateProfile: string): string {
  const profile = checkedProfile(stateProfile);
  return `openclaw-node${profile === undefined ? "" : `-${profile}`}`;
}

/** Undefined for the default one. The name becomes part of file names and commands, so it is checked here again. */
function checkedProfile(stateProfile: string): string | undefined {
  if (stateProfile === "" || stateProfile.toLowerCase() === "default") return undefined;
  if (/^[A-Za-z0-9_-]+$/.test(stateProfile) && stateProfile.length <= serviceLimits.profileChars)
    return stateProfile;
  throw new ServiceError(
    "bad-profile",
    `the state profile name cannot be part of a service name; take letters, digits, \`-\` and \`_\`, at most ${serviceLimits.profileChars} characters`,
  );
}
