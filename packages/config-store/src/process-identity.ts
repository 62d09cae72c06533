import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { systemErrorCode } from "./errors.ts";

/** Names one process, also after its id has been given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in words that only compare for equality. Undefined where the platform does not tell. */
  readonly startedAt: string | undefined;
}

export function identifyProcess(pid: number = process.pid): ProcessIdentity {
  return { pid, startedAt: startOf(pid)?.startedAt };
}

/**
 * Whether exactly this process lives. A process that cannot be told apart counts as living, because two hosts on one
 * state directory are worse than a refusal that names the process.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!exists(identity.pid)) return false;
  const now = startOf(identity.pid);
  if (now === undefined) return true;
  // A zombie has ended; where nobody collects it (containers without an init) it would hold a lock for ever.
  if (now.zombie) return false;
  return identity.startedAt === undefined || now.startedAt === identity.startedAt;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

interface ProcessStart {
  readonly startedAt: string;
  readonly zombie: boolean;
}

function startOf(pid: number): ProcessStart | undefined {
  if (process.platform === "linux" || process.platform === "android") return startFromProc(pid);
  return process.platform === "win32" ? undefined : startFromPs(pid);
}

/** Ticks since the boot, with the id of that boot: field 22 of `/proc/<pid>/stat`, state in field 3. */
function startFromProc(pid: number): ProcessStart | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in field 2 may hold anything, so fields are counted from its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    if (state === undefined || ticks === undefined) return undefined;
    return { startedAt: `${bootId()}:${ticks}`, zombie: state === "Z" || state === "X" };
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function startFromPs(pid: number): ProcessStart | undefined {
  try {
    const line = execFileSync("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 2_000,
    }).trim();
    const [, state, startedAt] = /^(\S+)\s+(\S.*)$/.exec(line) ?? [];
    if (state === undefined || startedAt === undefined) return undefined;
    return { startedAt, zombie: state.startsWith("Z") };
  } catch {
    return undefined;
  }
}
