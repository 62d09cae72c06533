import { accessSync, constants, readFileSync } from "node:fs";

/** Programs and facts that limits are made with; a program is its full name, or undefined where it is missing. */
export interface LimitTools {
  readonly prlimit: string | undefined;
  readonly nice: string | undefined;
  /** A shell whose `exec` can set the name that a program sees as its own. */
  readonly bash: string | undefined;
  /** What this process may not exceed itself; undefined means no bound. */
  readonly hardLimits: {
    readonly openFiles: number | undefined;
    readonly cpuSeconds: number | undefined;
    readonly dataBytes: number | undefined;
  };
}

/** Looked for where the system keeps them, never in the search path of a user. */
const PLACES = ["/usr/bin", "/bin", "/usr/local/bin"] as const;

export function detectLimitTools(platform: NodeJS.Platform): LimitTools {
  const find = (name: string): string | undefined =>
    platform === "win32" ? undefined : PLACES.map((place) => `${place}/${name}`).find(isExecutable);
  return {
    prlimit: platform === "linux" ? find("prlimit") : undefined,
    nice: find("nice"),
    bash: find("bash"),
    hardLimits: parseHardLimits(readLimits()),
  };
}

/** The third column of the kernel's table of limits. */
export function parseHardLimits(table: string): LimitTools["hardLimits"] {
  const hard = (name: string): number | undefined => {
    const value = new RegExp(`^${name} +\\S+ +(\\d+)`, "mu").exec(table)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  return {
    openFiles: hard("Max open files"),
    cpuSeconds: hard("Max cpu time"),
    dataBytes: hard("Max data size"),
  };
}

function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "latin1");
  } catch {
    return "";
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
