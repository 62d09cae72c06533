import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";

/** How the service of one state profile is called by its manager. */
export interface ServiceNames {
  readonly manager: "systemd" | "launchd" | "task-scheduler";
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
  const profile = checkedProfile(stateProfile);
  if (platform === "linux") {
    const name = `openclaw-node${profile === undefined ? "" : `-${profile}`}.service`;
    return { manager: "systemd", name, fileName: name };
  }
  if (platform === "darwin") {
    const name = `ai.openclaw.node${profile === undefined ? "" : `.${profile}`}`;
    return { manager: "launchd", name, fileName: `${name}.plist` };
  }
  if (platform === "win32") {
    const name = `OpenClaw Node${profile === undefined ? "" : ` (${profile})`}`;
    return { manager: "task-scheduler", name, fileName: "node.cmd" };
  }
  throw new ServiceError(
    "unsupported-platform",
    `there is no service support for \`${platform}\`; run \`openclaw node run\` under your own supervisor`,
  );
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
