import { posix, win32 } from "node:path";
import type { PlatformPath } from "node:path";

import { StoreError } from "./errors.ts";

/** Environment variables as a plain record, for example `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The operating system by Node's names; only `win32` changes how paths are written. */
export type PlatformName = NodeJS.Platform;

/** The path rules of a platform. */
export function pathRules(platform: PlatformName): PlatformPath {
  return platform === "win32" ? win32 : posix;
}

/** A variable's value without outer blanks. Blank, `undefined` and `null` (what broken scripts write) count as unset. */
export function setting(env: Environment, name: string): string | undefined {
  return meaningful(Object.hasOwn(env, name) ? env[name] : undefined);
}

/** The same rule for a value that did not come from the environment. */
export function meaningful(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === undefined || text === "" || text === "undefined" || text === "null" ? undefined : text;
}

/** Replaces a leading `~` that stands alone or before a separator. */
export function expandTilde(value: string, home: string, platform: PlatformName): string {
  if (value === "~") return home;
  const separated = value.startsWith("~/") || (platform === "win32" && value.startsWith("~\\"));
  return separated ? pathRules(platform).join(home, value.slice(2)) : value;
}

export interface HomeQuestion {
  readonly env: Environment;
  readonly platform: PlatformName;
  /** What the operating system says, for example `os.homedir()`. */
  readonly osHome: string | undefined;
  /** Where relative paths start. */
  readonly cwd: string;
}

/** OPENCLAW_HOME, HOME, USERPROFILE, the Termux prefix, the operating system: the first that is set. Throws `no-home`. */
export function resolveHome(question: HomeQuestion): string {
  const { env, platform, cwd } = question;
  const account =
    setting(env, "HOME") ??
    setting(env, "USERPROFILE") ??
    termuxHome(env, platform) ??
    meaningful(question.osHome);
  const override = setting(env, "OPENCLAW_HOME");
  if (override !== undefined) {
    if (account !== undefined || !override.startsWith("~"))
      return pathRules(platform).resolve(cwd, expandTilde(override, account ?? "", platform));
  } else if (account !== undefined) {
    return pathRules(platform).resolve(cwd, account);
  }
  throw new StoreError("no-home", "no home directory is known; set HOME or OPENCLAW_HOME");
}

/** Termux keeps the home beside its prefix, `…/files/usr` and `…/files/home`. */
function termuxHome(env: Environment, platform: PlatformName): string | undefined {
  const prefix = setting(env, "PREFIX");
  if (prefix === undefined || !(platform === "android" || prefix.includes("/com.termux/"))) return undefined;
  return posix.join(posix.dirname(prefix), "home");
}
