import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { gatewayCredentials, readConfig, type StatePaths } from "@openclaw/config-store";
import {
  captureServiceEnvironment,
  type Account,
  type ServiceManager,
  type ServiceSpec,
  type ServiceSystem,
} from "@openclaw/service-installer";
import { flag, stringOption, type CommandInput } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { CliError } from "../errors.ts";
import { checkStateDir } from "../state.ts";
import { VERSION } from "../version.ts";
import { chooseRuntime, type RuntimeKind } from "./choose-runtime.ts";
import { nodeRunWords } from "./node-run-words.ts";
import { NODE_SERVICE_FLAGS } from "./runtime-flags.ts";
import { accountName, namedPlace } from "./service-place.ts";
import type { ThisProgram } from "./this-program.ts";

/** What is to be installed, and what its owner should know about it. */
export interface InstallOrder {
  readonly spec: ServiceSpec;
  readonly paths: StatePaths;
  /** The Gateway that it will connect to, when that is known here. */
  readonly url: string | undefined;
  readonly warnings: readonly string[];
}

const RUNTIMES: readonly RuntimeKind[] = ["node", "bun"];
const MANAGERS: readonly ServiceManager[] = ["systemd", "openrc", "runit", "launchd", "task-scheduler"];

/** Reads, asks and checks; writes nothing. Throws what is wrong with the options, the settings or the configuration. */
export async function installOrder(
  input: CommandInput,
  system: ServiceSystem,
  program: ThisProgram,
): Promise<InstallOrder> {
  const { env, platform } = system;
  if ((env["OPENCLAW_NIX_MODE"] ?? "") === "1")
    throw new CliError("not-supported", "Nix mode detected; service install is disabled.");
  const kind = oneOf(input, "runtime", RUNTIMES, 'Invalid --runtime (use "node" or "bun")');
  const known = `invalid --manager: use one of ${MANAGERS.join(", ")}`;
  const manager = oneOf(input, "manager", MANAGERS, known);
  const user = accountName(input, system);
  const account = user === undefined || platform === "win32" ? undefined : await system.account(user);
  const { paths, target } = namedPlace(input, env, account);
  checkStateDir(paths);
  const foreign = account !== undefined && account.uid !== system.self.uid;
  const { words, url, warning, variables } = nodeRunWords(input, paths, env, foreign);
  const runtime = await chooseRuntime({ kind, path: runtimePath(input), program, home: paths.home }, system);
  const captured = captureServiceEnvironment({
    platform,
    env: foreign ? withoutOwnDirectories(env) : env,
    home: homeFor(account, system),
    runtime: runtime.path,
    target,
    version: VERSION,
  });
  return {
    paths,
    spec: {
      ...target,
      ...(user === undefined ? {} : { user }),
      description: `OpenClaw Node Host (v${VERSION})`,
      runtime: runtime.path,
      runtimeArguments: runtime.kind === "node" ? NODE_SERVICE_FLAGS : [],
      entry: program.entry,
      programArguments: words,
      ...captured,
      secrets: new Map([...captured.secrets, ...headerSecrets(variables, env, captured.environment)]),
      harden: flag(input, "harden"),
      force: flag(input, "force"),
      print: flag(input, "print"),
      ...(manager === undefined ? {} : { manager }),
    },
    url,
    warnings: [
      ...[runtime.warning, warning].filter((text) => text !== undefined),
      ...variables
        .filter((name) => (env[name] ?? "").trim() === "")
        .map((name) => `the header that takes its value from ${name} has none: the variable is not set here`),
      ...(foreign ? [] : credentialWarning(paths, env)),
    ],
  };
}

function oneOf<Word extends string>(
  input: CommandInput,
  name: string,
  known: readonly Word[],
  complaint: string,
): Word | undefined {
  const value = stringOption(input, name);
  if (value === undefined) return undefined;
  const word = known.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw new CliError("bad-option", complaint);
}

function runtimePath(input: CommandInput): string | undefined {
  const path = stringOption(input, "runtime-path");
  return path === undefined || isAbsolute(path) ? path : resolve(currentDirectory(), path);
}

/** Values of headers, from where this shell has them: in the file that only the account of the service reads. */
function headerSecrets(
  variables: readonly string[],
  env: ServiceSystem["env"],
  taken: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return variables.flatMap((name) => {
    const value = env[name] ?? "";
    return value.trim() === "" || taken.has(name) ? [] : [[name, value] as const];
  });
}

function homeFor(account: Account | undefined, system: ServiceSystem): string {
  return account?.home ?? system.self.home;
}

/** Directories of the caller's tools are none of another account's. */
function withoutOwnDirectories(env: ServiceSystem["env"]): ServiceSystem["env"] {
  const own = [
    "PNPM_HOME",
    "NPM_CONFIG_PREFIX",
    "BUN_INSTALL",
    "VOLTA_HOME",
    "ASDF_DATA_DIR",
    "NVM_DIR",
    "FNM_DIR",
  ];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.includes(name)));
}

/** Without any credential the host would end at once, with 78, and nobody would see why. */
function credentialWarning(paths: StatePaths, env: ServiceSystem["env"]): readonly string[] {
  const { token, password } = gatewayCredentials(readConfig(paths, env), env);
  if (token !== undefined || password !== undefined) return [];
  // A device token, or what an earlier install was given.
  if (existsSync(paths.deviceAuthFile) || existsSync(paths.serviceEnvFile)) return [];
  return [
    `no Gateway token is known yet: set OPENCLAW_GATEWAY_TOKEN and install again with --force, or write gateway.auth.token into ${paths.configFile} and restart`,
  ];
}
