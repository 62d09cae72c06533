import { posix, win32 } from "node:path";
import { DEFAULT_PATH } from "@openclaw/executor";
import * as z from "zod/mini";

/** The search path that runs get, from node.json. */
export interface PathSetting {
  /**
   * `system-first`: the directories of the system before those that the host has besides (the default);
   * `inherited`: in the order of the host; `only`: nothing of the host's, just the system's.
   */
  readonly order?: "system-first" | "inherited" | "only" | undefined;
  /** Directories in front of all others. */
  readonly before?: readonly string[] | undefined;
  /** Directories behind all others. */
  readonly after?: readonly string[] | undefined;
}

/** Directories in one list, and characters of one. */
const DIRECTORIES = 64;
const DIRECTORY_CHARS = 4096;

const directories = z
  .array(
    z.string().check(
      z.maxLength(DIRECTORY_CHARS),
      z.refine((path) => isDirectory(path, process.platform), "must be the full path of a directory"),
    ),
  )
  .check(z.maxLength(DIRECTORIES));

export const pathSettingSchema: z.ZodMiniType<PathSetting> = z.strictObject({
  order: z.optional(z.enum(["system-first", "inherited", "only"])),
  before: z.optional(directories),
  after: z.optional(directories),
});

/** On a Mac others than root may write to /usr/local. */
const MAC_SYSTEM = "/usr/bin:/bin:/usr/sbin:/sbin";

/**
 * The search path of runs. What is no full path is left out: it would find programs in the directory of the run.
 * Source: exec section 4.4.
 */
export function runPath(
  inherited: string | undefined,
  setting: PathSetting = {},
  platform: NodeJS.Platform = process.platform,
): string {
  const delimiter = platform === "win32" ? win32.delimiter : posix.delimiter;
  const own = (inherited ?? "").split(delimiter).filter((path) => isDirectory(path, platform));
  const { order = "system-first", before = [], after = [] } = setting;
  const system = systemDirectories(platform, own);
  const middle =
    order === "only"
      ? system
      : order === "inherited"
        ? own.length === 0
          ? system
          : own
        : [...system, ...own];
  return [...new Set([...before, ...middle, ...after])].join(delimiter);
}

function systemDirectories(platform: NodeJS.Platform, own: readonly string[]): readonly string[] {
  if (platform === "darwin") return MAC_SYSTEM.split(":");
  if (platform !== "win32") return DEFAULT_PATH.split(":");
  // Where Windows is installed, its own path says.
  return own.filter((path) => /^[A-Za-z]:\\Windows(?:\\|$)/iu.test(path));
}

function isDirectory(path: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return win32.isAbsolute(path) && !/[;"\0]/u.test(path);
  return posix.isAbsolute(path) && !/[:\0]/u.test(path);
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment of the host with the search path that runs get. */
export function withRunPath(
  env: Variables,
  setting: PathSetting | undefined,
  platform: NodeJS.Platform = process.platform,
): Variables {
  const name =
    platform === "win32" ? (Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "Path") : "PATH";
  return { ...env, [name]: runPath(env[name], setting, platform) };
}
