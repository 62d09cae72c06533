import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { posix } from "node:path";
import { promisify } from "node:util";
import { RUN_LIMITS } from "./limits.ts";

/** What a run may do beyond reading: nothing but what is named. */
export interface SandboxProfile {
  /** Directories that may be written to; full paths. */
  readonly writable?: readonly string[] | undefined;
  /** Does it see the network of the machine? Absent means no. */
  readonly network?: boolean | undefined;
}

/** A sandbox that was tried and works here, or why there is none. Made by `openSandbox`. */
export type Sandbox =
  | { readonly ok: true; readonly prefix: readonly string[] }
  | { readonly ok: false; readonly reason: string };

export interface SandboxFacts {
  /** Directories whose content no run may see, for example the host's own state; those that are not there do not count. */
  readonly hidden?: readonly string[];
  readonly platform?: NodeJS.Platform;
  /** Full name of bubblewrap's program; looked for where the system keeps it. */
  readonly bwrap?: string | undefined;
}

/** Where bubblewrap says whether the program was really started. */
export const STATUS_FD = 3;

const PLACES = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"] as const;

/**
 * Tries a profile with bubblewrap: read-only system, named directories writable, /tmp and /run of its own, no network,
 * no other processes, no capabilities. Never throws. Source: platform notes, sandbox.
 */
export async function openSandbox(profile: SandboxProfile, facts: SandboxFacts = {}): Promise<Sandbox> {
  const { platform = process.platform, hidden = [] } = facts;
  if (platform !== "linux") return no("sandboxes need Linux and bubblewrap");
  const bwrap = facts.bwrap ?? PLACES.find(isExecutable);
  if (bwrap === undefined)
    return no("bubblewrap is not installed (package bubblewrap), or not where the system keeps programs");
  const writable: string[] = [];
  for (const path of profile.writable ?? []) {
    const real = realDirectory(path);
    if (real === undefined) return no(`its directory \`${path}\` is not there, or is no directory`);
    writable.push(real);
  }
  const places = { ...profile, writable, hidden: hidden.flatMap((path) => realDirectory(path) ?? []) };
  const strict = [bwrap, ...NO_NAMESPACES, ...sandboxOptions(places)];
  const problem = await tryOut(strict);
  if (problem === undefined) return { ok: true, prefix: strict };
  // Releases before 0.8 do not know that option, and hold without it.
  if (!problem.includes("disable-userns")) return no(problem);
  const older = [bwrap, "--unshare-user-try", ...sandboxOptions(places)];
  const stillNot = await tryOut(older);
  return stillNot === undefined ? { ok: true, prefix: older } : no(stillNot);
}

/** Without it a program could make namespaces of its own, with all capabilities inside. */
const NO_NAMESPACES = ["--unshare-user", "--disable-userns"] as const;

/** The options of bubblewrap for a profile, with real paths. Later ones lie over earlier ones. */
export function sandboxOptions(
  profile: SandboxProfile & { readonly hidden: readonly string[] },
): readonly string[] {
  const { writable = [], network = false, hidden } = profile;
  return [
    ...ALWAYS,
    // Names are looked up through a directory that lies in /run.
    ...(network ? ["--ro-bind-try", NAMES, NAMES] : ["--unshare-net"]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    ...hidden.flatMap((path) => ["--tmpfs", path]),
  ];
}

const NAMES = "/run/systemd/resolve";
/** Read-only does not keep anybody from a socket: those of the system lie in /run, those of users in /tmp. */
const ALWAYS =
  "--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --cap-drop ALL --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run".split(
    " ",
  );

/** What stands before a command that runs in this directory. */
export function sandboxPrefix(prefix: readonly string[], cwd: string): readonly string[] {
  return [...prefix, "--json-status-fd", String(STATUS_FD), "--chdir", cwd, "--"];
}

/** Did the program run? Otherwise the exit code and the words on stderr are bubblewrap's own. */
export function hasRun(status: string): boolean {
  return /"exit-code":/u.test(status);
}

/** Why it does not work; undefined when it does. */
async function tryOut([bwrap = "", ...options]: readonly string[]): Promise<string | undefined> {
  const { sandboxTryMs: timeout } = RUN_LIMITS;
  const work = { cwd: "/", env: {}, timeout, killSignal: "SIGKILL" } as const;
  try {
    await promisify(execFile)(bwrap, [...options, "--chdir", "/", "--", "/bin/true"], work);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    if (Reflect.get(error, "killed") === true) return `bubblewrap did not answer in ${timeout / 1000} s`;
    const stderr: unknown = Reflect.get(error, "stderr");
    return (
      firstLine(typeof stderr === "string" ? stderr : "") ?? firstLine(error.message) ?? "bubblewrap failed"
    );
  }
}

export function firstLine(stderr: string): string | undefined {
  const line = stderr.split("\n", 1)[0]?.trim() ?? "";
  return line === "" ? undefined : line.slice(0, 400);
}

function no(reason: string): Sandbox {
  return { ok: false, reason };
}

function realDirectory(path: string): string | undefined {
  try {
    const real = posix.isAbsolute(path) ? realpathSync(path) : undefined;
    return real !== undefined && statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
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
