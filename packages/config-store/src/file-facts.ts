import type { Stats } from "node:fs";

import { StoreError } from "./errors.ts";
import { shown } from "./shown-text.ts";

/** Who we are when an owner or a mode is judged. `uid` is undefined where the platform has none (Windows). */
export interface Self {
  readonly uid: number | undefined;
}

/** This process. */
export function currentSelf(): Self {
  return { uid: process.getuid?.() };
}

/** The part of a file's facts that is judged. */
export type FileFacts = Pick<Stats, "uid" | "mode" | "isFile" | "isDirectory" | "isSymbolicLink">;

/**
 * A file that may be believed: regular, ours or root's, and changed by nobody else. Throws `symlink`, `not-a-file`,
 * `foreign-owner`, `writable-by-others`. Owner and mode mean nothing on Windows and are left out there.
 */
export function checkFile(facts: FileFacts, path: string, what: string, self: Self): void {
  checkFileOwner(facts, path, what, self);
  if (self.uid !== undefined && (facts.mode & 0o022) !== 0)
    throw new StoreError(
      "writable-by-others",
      `the ${what} ${shown(path)} can be changed by other users (mode ${octal(facts.mode)}); check its content, then run \`chmod go-w\` on it`,
      { path },
    );
}

/** The same without the mode: enough for a file that is about to be replaced by one with the right mode. */
export function checkFileOwner(facts: FileFacts, path: string, what: string, self: Self): void {
  const named = `the ${what} ${shown(path)}`;
  if (facts.isSymbolicLink()) throw linkError(path, what);
  if (!facts.isFile())
    throw new StoreError("not-a-file", `${named} is not a regular file; move it away`, { path });
  if (self.uid !== undefined && facts.uid !== self.uid && facts.uid !== 0)
    throw new StoreError(
      "foreign-owner",
      `${named} belongs to user id ${facts.uid}, we are ${self.uid}; give it to the user that runs the node host with \`chown\``,
      { path },
    );
}

/** A directory that only we (with root) can have filled. Root's own is refused too: we have to write there. */
export function checkDirectory(facts: FileFacts, path: string, what: string, self: Self): void {
  const named = `the ${what} ${shown(path)}`;
  if (facts.isSymbolicLink()) throw linkError(path, what);
  if (!facts.isDirectory())
    throw new StoreError("not-a-directory", `${named} is not a directory; move it away`, { path });
  if (self.uid === undefined) return;
  if (facts.uid !== self.uid)
    throw new StoreError(
      "foreign-owner",
      `${named} belongs to user id ${facts.uid}, we are ${self.uid}; run as that user, or choose another state directory with OPENCLAW_STATE_DIR`,
      { path },
    );
  if ((facts.mode & 0o002) !== 0)
    throw new StoreError(
      "writable-by-others",
      `${named} can be filled by every user (mode ${octal(facts.mode)}); check what lies in it, then run \`chmod 700\` on it`,
      { path },
    );
}

export function linkError(path: string, what: string): StoreError {
  return new StoreError(
    "symlink",
    `the ${what} ${shown(path)} is a symbolic link, which is not followed; put the real one there, or name it directly in OPENCLAW_STATE_DIR or OPENCLAW_CONFIG_PATH`,
    { path },
  );
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
