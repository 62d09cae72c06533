import type { StatePaths } from "@openclaw/config-store";
import {
  readServiceStatus,
  ServiceError,
  type Account,
  type ServiceScope,
  type ServiceStatus,
  type ServiceSystem,
  type ServiceTarget,
} from "@openclaw/service-installer";
import { flag, stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { statePathsFor } from "../state.ts";

/** Which service is meant and where its state lies. */
export interface ServicePlace {
  readonly target: ServiceTarget;
  readonly paths: StatePaths;
}

export function scopeOf(input: CommandInput): ServiceScope {
  return flag(input, "system") ? "system" : "user";
}

/** For `install`: what the options and the environment name. */
export function namedPlace(
  input: CommandInput,
  env: ServiceSystem["env"],
  account: Account | undefined,
): ServicePlace {
  const paths = statePathsFor(
    input,
    { env: account === undefined ? env : envOf(account, env) },
    account?.home,
  );
  return placeAt(paths, scopeOf(input));
}

/** The account that a system service runs as: the named one, else the one behind sudo. */
export function accountName(input: CommandInput, system: ServiceSystem): string | undefined {
  const named = stringOption(input, "user");
  if (named !== undefined && !flag(input, "system"))
    throw new CliError("bad-option", "--user names the account of a system service; it needs --system");
  if (named !== undefined || !flag(input, "system")) return named;
  const behindSudo = system.env["SUDO_USER"];
  if (behindSudo !== undefined && behindSudo !== "" && behindSudo !== "root") return behindSudo;
  return system.platform === "win32" ? system.self.name : undefined;
}

export interface FoundService extends ServicePlace {
  readonly status: ServiceStatus;
}

/**
 * For every other action: the state directory is the one that the installed service uses, unless the environment names
 * another one.
 */
export async function findService(input: CommandInput, system: ServiceSystem): Promise<FoundService> {
  const named = placeAt(statePathsFor(input, system), scopeOf(input));
  const status = await statusOrWhyNot(system, named.target);
  const used = status.command?.environment["OPENCLAW_STATE_DIR"];
  const explicit = (system.env["OPENCLAW_STATE_DIR"] ?? "").trim() !== "";
  if (used === undefined || explicit || status.origin !== "ours" || used === named.paths.stateDir)
    return { ...named, status };
  const paths = statePathsFor(input, { env: { ...system.env, OPENCLAW_STATE_DIR: used } });
  return { ...placeAt(paths, scopeOf(input)), status };
}

/** Platforms without service support have hosts and files all the same. */
async function statusOrWhyNot(system: ServiceSystem, target: ServiceTarget): Promise<ServiceStatus> {
  try {
    return await readServiceStatus(system, target);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== "unsupported-platform") throw error;
    return {
      manager: undefined,
      service: { label: "none", loaded: false, loadedText: "enabled", notLoadedText: "not supported" },
      command: undefined,
      origin: undefined,
      runtime: { status: "unknown" },
      findings: [],
      problem: { code: error.code, message: error.message, hints: ["openclaw node run"] },
      logs: [],
      startHints: ["openclaw node run"],
    };
  }
}

function placeAt(paths: StatePaths, scope: ServiceScope): ServicePlace {
  const { stateProfile, stateDir } = paths;
  return { paths, target: { stateProfile, scope, stateDir } };
}

/** Without what names the caller's own directories. */
function envOf(account: Account, env: ServiceSystem["env"]): ServiceSystem["env"] {
  return { ...env, HOME: account.home, USERPROFILE: undefined, OPENCLAW_HOME: undefined };
}

/** A command of ours as it must be typed for this service: with its state profile and its scope. */
export function commandFor(target: ServiceTarget, command: string): string {
  const { stateProfile, scope } = target;
  return command.replace(
    /^((?:sudo )?openclaw)( node (?:install|start|stop|restart|uninstall|status|doctor)\b)(.*)$/u,
    (_, program, words, rest) => {
      const profile =
        stateProfile === "default" || String(rest).includes("--profile") ? "" : ` --profile ${stateProfile}`;
      const system = scope === "user" || / --(?:system|print)\b/u.test(String(rest)) ? "" : " --system";
      return `${program}${profile}${words}${system}${rest}`;
    },
  );
}
