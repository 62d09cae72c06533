import { posix } from "node:path";

export interface PathQuestion {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The program that runs the host; its directory comes first. */
  readonly runtime: string;
}

const SYSTEM_LINUX = ["/usr/local/bin", "/usr/bin", "/bin"];
const SYSTEM_DARWIN = [
  "/opt/homebrew/bin",
  "/opt/homebrew/sbin",
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
];
/** Where package and version managers say that their programs are. */
const NAMED: readonly (readonly [variable: string, below: string])[] = [
  ["PNPM_HOME", ""],
  ["NPM_CONFIG_PREFIX", "bin"],
  ["BUN_INSTALL", "bin"],
  ["VOLTA_HOME", "bin"],
  ["ASDF_DATA_DIR", "shims"],
  ["NVM_DIR", "current/bin"],
  ["FNM_DIR", "current/bin"],
];
const BELOW_HOME = [
  ".local/bin",
  ".npm-global/bin",
  "bin",
  ".nvm/current/bin",
  ".fnm/current/bin",
  ".volta/bin",
  ".asdf/shims",
  ".local/share/pnpm",
  ".bun/bin",
  ".nix-profile/bin",
];

/**
 * PATH of the service (service installer section 2): the runtime's directory, then the system's, then the user's, so
 * that nobody who can write below home takes the place of a system program. The shell's own PATH is not taken: what it
 * holds depends on where the command was typed. Undefined on Windows, where the session gives it.
 */
export function servicePath(question: PathQuestion): string | undefined {
  const { platform, env, home, runtime } = question;
  if (platform === "win32") return undefined;
  const named = NAMED.flatMap(([variable, below]) => {
    const base = env[variable];
    return base === undefined ? [] : [posix.join(base, below)];
  });
  const user = [...named, ...BELOW_HOME.map((below) => posix.join(home, below))];
  const all =
    platform === "darwin"
      ? [posix.dirname(runtime), ...SYSTEM_DARWIN]
      : [posix.dirname(runtime), ...SYSTEM_LINUX, ...user];
  const usable = all
    .map((directory) => directory.replace(/(?<=.)\/+$/, ""))
    // A relative part would mean another directory for every run; a colon would make two of one.
    .filter((directory) => directory.startsWith("/") && !/[:\p{Cc}]/u.test(directory));
  return [...new Set(usable)].join(":");
}
