import { readlink, rm, rmdir } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { browserProxyLimits } from "../limits.ts";
import { isAlive } from "./end-process.ts";

const lockNames = ["SingletonLock", "SingletonCookie", "SingletonSocket"];

/**
 * Waits until no other browser has the user data directory, and takes away the lock of one that is dead: browsers refuse
 * a lock that another machine has left, and after a restart a container is another machine. False when a living one keeps it.
 */
export async function freeUserDataDir(
  userDataDir: string,
  waitMs: number = browserProxyLimits.profileWaitMs,
): Promise<boolean> {
  const path = join(userDataDir, "SingletonLock");
  for (let waited = 0; ; waited += 100) {
    const owner = await readlink(path).catch(() => undefined);
    if (owner === undefined) return true;
    if (!isAliveHere(owner)) break;
    if (waited >= waitMs) return false;
    await pause(100);
  }
  await removeLocks(userDataDir);
  return true;
}

/**
 * After the browser is gone. Its own clean-up does not happen when it was killed, and then a directory of it is left among
 * the temporary files, too.
 */
export async function removeLocks(userDataDir: string): Promise<void> {
  await removeSocketDirectory(userDataDir);
  for (const name of lockNames) await rm(join(userDataDir, name), { force: true }).catch(() => undefined);
}

/** Only what a browser calls so, and only when nothing else is in it. */
async function removeSocketDirectory(userDataDir: string): Promise<void> {
  const socket = await readlink(join(userDataDir, "SingletonSocket")).catch(() => "");
  const directory = dirname(socket);
  if (
    basename(socket) !== "SingletonSocket" ||
    !/^\.?(?:org|com)\.\w+\.\w+\.\w{6}$/.test(basename(directory))
  )
    return;
  for (const name of lockNames) await rm(join(directory, name), { force: true }).catch(() => undefined);
  await rmdir(directory).catch(() => undefined);
}

/** The lock is a link to `<host name>-<process id>`. */
function isAliveHere(owner: string): boolean {
  const cut = owner.lastIndexOf("-");
  const pid = Number(owner.slice(cut + 1));
  if (owner.slice(0, cut) !== hostname() || !Number.isSafeInteger(pid) || pid < 2) return false;
  return isAlive(pid);
}
