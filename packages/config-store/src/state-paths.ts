import { StoreError } from "./errors.ts";
import { expandTilde, meaningful, pathRules, resolveHome, setting } from "./home-directory.ts";
import type { Environment, PlatformName } from "./home-directory.ts";
import { controlSocketPath } from "./control-socket.ts";
import { storeLimits } from "./limits.ts";
import { shown } from "./shown-text.ts";

/** Where everything of one node host lies. All paths are absolute. */
export interface StatePaths {
  readonly platform: PlatformName;
  readonly home: string;
  readonly stateDir: string;
  /** `default` or the name of the state profile. */
  readonly stateProfile: string;
  readonly configFile: string;
  readonly nodeFile: string;
  readonly deviceFile: string;
  readonly deviceAuthFile: string;
  readonly operatorFile: string;
  /** The operator's identity when the state directory belongs to an official install. */
  readonly operatorFileElsewhere: string;
  readonly approvalsFile: string;
  readonly auditFile: string;
  readonly runsDir: string;
  readonly logsDir: string;
  /** Unix socket, or named pipe on Windows. */
  readonly controlSocket: string;
  /** Token that opens the named pipe on Windows, where the pipe itself has no owner-only mode. */
  readonly controlTokenFile: string;
  readonly lockFile: string;
  readonly serviceEnvFile: string;
  /** The database of an official install, see `findForeignState`. */
  readonly sqliteFile: string;
}

export interface StateQuestion {
  readonly env: Environment;
  readonly platform: PlatformName;
  /** What the operating system says, for example `os.homedir()`. */
  readonly osHome: string | undefined;
  /** The option `--profile`; outranks OPENCLAW_PROFILE. */
  readonly profile?: string | undefined;
  /** Where relative paths in variables start. */
  readonly cwd?: string;
}

/** Pure. Throws StoreError `no-home` or `bad-profile`. */
export function resolveStatePaths(question: StateQuestion): StatePaths {
  const { env, platform } = question;
  const rules = pathRules(platform);
  const cwd = question.cwd ?? process.cwd();
  const home = resolveHome({ env, platform, osHome: question.osHome, cwd });
  const located = (name: string): string | undefined => {
    const value = setting(env, name);
    return value === undefined ? undefined : rules.resolve(cwd, expandTilde(value, home, platform));
  };
  const stateProfile = checkedProfile(meaningful(question.profile) ?? setting(env, "OPENCLAW_PROFILE"));
  const suffix = stateProfile === "default" ? "" : `-${stateProfile}`;
  const stateDir = located("OPENCLAW_STATE_DIR") ?? rules.join(home, `.openclaw${suffix}`);
  const inState = (...parts: string[]): string => rules.join(stateDir, ...parts);
  return {
    platform,
    home,
    stateDir,
    stateProfile,
    configFile: located("OPENCLAW_CONFIG_PATH") ?? inState("openclaw.json"),
    nodeFile: inState("node.json"),
    deviceFile: inState("identity", "device.json"),
    deviceAuthFile: inState("identity", "device-auth.json"),
    operatorFile: inState("identity", "operator.json"),
    operatorFileElsewhere: rules.join(
      userConfigDir(env, platform, home),
      "openclaw-node",
      `operator${suffix}.json`,
    ),
    approvalsFile: inState("exec-approvals.json"),
    auditFile: inState("exec-audit.jsonl"),
    runsDir: inState("runs"),
    logsDir: inState("logs"),
    controlSocket: controlSocketPath({ env, platform, stateDir }),
    controlTokenFile: inState("node.sock.token"),
    lockFile: inState("host.lock"),
    serviceEnvFile: inState("node.systemd.env"),
    sqliteFile: inState("state", "openclaw.sqlite"),
  };
}

function checkedProfile(name: string | undefined): string {
  if (name === undefined || name.toLowerCase() === "default") return "default";
  if (/^[A-Za-z0-9_-]+$/.test(name) && name.length <= storeLimits.profileChars) return name;
  throw new StoreError(
    "bad-profile",
    `the state profile name ${shown(name)} cannot be used; take letters, digits, \`-\` and \`_\`, at most ${storeLimits.profileChars} characters`,
  );
}

/** Where the platform keeps a user's settings. */
function userConfigDir(env: Environment, platform: PlatformName, home: string): string {
  const rules = pathRules(platform);
  if (platform === "win32") return setting(env, "APPDATA") ?? rules.join(home, "AppData", "Roaming");
  if (platform === "darwin") return rules.join(home, "Library", "Application Support");
  const xdg = setting(env, "XDG_CONFIG_HOME");
  return xdg !== undefined && rules.isAbsolute(xdg) ? xdg : rules.join(home, ".config");
}
