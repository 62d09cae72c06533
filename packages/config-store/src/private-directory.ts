import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { dirname, posix } from "node:path";

import { StoreError, systemErrorCode } from "./errors.ts";
import { checkDirectory, currentSelf } from "./file-facts.ts";
import { writeFailure } from "./write-failure.ts";
import { shown } from "./shown-text.ts";
import type { StatePaths } from "./state-paths.ts";

/**
 * Makes the directory (and missing parents) with mode 0700 whatever the umask, or tightens an existing one of ours to
 * 0700. Throws `symlink`, `not-a-directory`, `foreign-owner`, `writable-by-others`, or a write failure.
 */
export function ensurePrivateDir(path: string, what = "directory"): void {
  const self = currentSelf();
  try {
    makeMissing(path);
    const facts = lstatSync(path);
    checkDirectory(facts, path, what, self);
    if (self.uid !== undefined && (facts.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  } catch (error) {
    throw writeFailure(error, path, `prepare the ${what}`);
  }
}

/** Makes a missing parent of a file of ours, and refuses one in which somebody else could exchange our files. */
export function prepareParentDir(path: string): void {
  const parent = dirname(path);
  try {
    const facts = lstatSync(parent, { throwIfNoEntry: false });
    if (facts === undefined) ensurePrivateDir(parent);
    else checkDirectory(facts, parent, "directory", currentSelf());
  } catch (error) {
    throw writeFailure(error, parent, "use the directory");
  }
}

/** Level by level, because a umask such as 0777 would lock us out of a level just made. */
function makeMissing(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeMissing(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else was quicker; what stands there now is judged like any other.
    if (systemErrorCode(error) === "EEXIST") return;
    throw error;
  }
  chmodSync(path, 0o700);
}

/** The state directory, and the directory of the control socket where that lies elsewhere. See `ensurePrivateDir`. */
export function prepareStateDir(paths: Pick<StatePaths, "stateDir" | "controlSocket" | "platform">): void {
  ensurePrivateDir(paths.stateDir, "state directory");
  if (paths.platform === "win32") return;
  const socketDir = posix.dirname(paths.controlSocket);
  if (socketDir !== paths.stateDir) ensurePrivateDir(socketDir, "control socket directory");
}

/**
 * The database of an official install of July 2026 or later, which stops working when our files appear beside it. When
 * this finds one, nothing may be written into the state directory. Throws `unreadable` when it cannot be told.
 */
export function findForeignState(
  paths: Pick<StatePaths, "sqliteFile">,
): { readonly sqliteFile: string } | undefined {
  try {
    lstatSync(paths.sqliteFile);
    return { sqliteFile: paths.sqliteFile };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new StoreError(
      "unreadable",
      `cannot tell whether ${shown(paths.sqliteFile)} exists (${code ?? "unknown error"}); check the permissions of the state directory`,
      { path: paths.sqliteFile },
      error,
    );
  }
}
