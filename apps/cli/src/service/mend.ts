import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { acquireHostLock, lookAtHostLock, StoreError, type StatePaths } from "@openclaw/config-store";
import type { ServiceSystem } from "@openclaw/service-installer";
import { privateFiles } from "./state-checks.ts";
import type { StatusReport } from "./status-report.ts";
import { reinstall } from "./reinstall.ts";
import type { ThisProgram } from "./this-program.ts";

/** One thing that `--fix` did, or could not do. */
export interface Mended {
  /** Of the check that it is about. */
  readonly id: string;
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Mends what is safe to mend: who may read our own files, what a dead process left over, a service whose program
 * moved. Asks nothing of any network, takes nothing from a running host, and throws nothing away that anybody wrote.
 */
export async function mend(
  report: StatusReport,
  system: ServiceSystem,
  program: ThisProgram,
): Promise<readonly Mended[]> {
  const { paths, host } = report;
  return [
    ...mendModes(paths),
    ...(host === undefined ? await mendLeftovers(paths) : []),
    ...(await reinstall(report, system, program)),
  ];
}

function mendModes(paths: StatePaths): readonly Mended[] {
  if (process.platform === "win32") return [];
  const wanted: readonly (readonly [string, string, number])[] = [
    ["state-directory", paths.stateDir, 0o700],
    ...privateFiles(paths).map(([id, path]): readonly [string, string, number] => [id, path, 0o600]),
  ];
  return wanted.flatMap(([id, path, mode]) => mendMode(id, path, mode));
}

/** Through one handle, which follows no link: what is judged is what is changed. */
function mendMode(id: string, path: string, mode: number): readonly Mended[] {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    // Not there, a link, not ours: its check says so.
    return [];
  }
  try {
    const facts = fstatSync(handle);
    const fits = mode === 0o700 ? facts.isDirectory() : facts.isFile();
    if (!fits || facts.uid !== process.getuid?.() || (facts.mode & 0o077) === 0) return [];
    // A sticky directory is everybody's, not ours.
    if ((facts.mode & 0o1000) !== 0) return [];
    fchmodSync(handle, mode);
    return [
      { id, ok: true, text: `closed \`${path}\` to others (mode ${mode.toString(8).padStart(4, "0")})` },
    ];
  } catch (error) {
    return [{ id, ok: false, text: `cannot close \`${path}\` to others: ${messageOf(error)}` }];
  } finally {
    closeSync(handle);
  }
}

/** Only with the lock in hand, so that no host is just beginning. */
async function mendLeftovers(paths: StatePaths): Promise<readonly Mended[]> {
  if (lstatSync(paths.stateDir, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const done: Mended[] = [];
  try {
    const left = lookAtHostLock(paths.lockFile);
    const lock = await acquireHostLock(paths.lockFile, { describe: "node host" });
    try {
      if (isSocket(paths.controlSocket)) {
        rmSync(paths.controlSocket);
        done.push({
          id: "host",
          ok: true,
          text: `removed the socket \`${paths.controlSocket}\`, which nobody serves`,
        });
      }
      for (const path of abandonedFiles(paths)) {
        rmSync(path, { force: true });
        done.push({ id: "files", ok: true, text: `removed the half-written \`${path}\`` });
      }
    } finally {
      await lock.release();
    }
    if (left !== undefined && !left.alive)
      done.push({ id: "identity", ok: true, text: `removed the lock of process ${left.pid}, which is gone` });
  } catch (error) {
    // Somebody holds it: then nothing is left over.
    if (error instanceof StoreError && (error.code === "host-running" || error.code === "lock-timeout"))
      return done;
    done.push({ id: "state-directory", ok: false, text: messageOf(error) });
  }
  return done;
}

/** What a process that writes a file of ours calls it until it is whole. */
const HALF_WRITTEN = /^\.[\w.-]{1,80}\.(\d{1,10})\.[\da-f]{12}\.tmp$/u;

function abandonedFiles({ stateDir, deviceFile }: StatePaths): readonly string[] {
  return [stateDir, dirname(deviceFile)].flatMap((directory) =>
    namesIn(directory)
      .filter((name) => {
        const pid = Number(HALF_WRITTEN.exec(name)?.[1]);
        return Number.isInteger(pid) && !exists(pid);
      })
      .map((name) => join(directory, name)),
  );
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Reflect.get(Object(error), "code") !== "ESRCH";
  }
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
