import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import { basename } from "node:path";
import { StoreError } from "@openclaw/config-store";
import { oldAuditFile } from "../host/audit.ts";
import { AUDIT_LOG_LIMITS } from "./limits.ts";

/** One file of the log, open for reading. */
export interface LogFile {
  readonly path: string;
  /** The name without its directory, as reports say it. */
  readonly name: string;
  readonly file: number;
  /** Tells files apart, whatever they are called. */
  readonly identity: string;
}

/** The files of the log as they were at one moment, the oldest first. */
export interface LogFiles {
  readonly files: readonly LogFile[];
  close(): void;
}

/** Which files, and what they are called in messages. */
export interface LogPlace {
  /** The newest first. */
  readonly oldPaths?: readonly string[];
  readonly what?: string;
}

/**
 * Opens the old and the current file, also while the host moves one to the place of the other. Absent files are left
 * out. Throws StoreError `symlink`, `not-a-file`, `foreign-owner`, `unreadable`.
 */
export function openLogFiles(
  path: string,
  { oldPaths = [oldAuditFile(path)], what = "audit file" }: LogPlace = {},
): LogFiles {
  for (let tries = 1; ; tries += 1) {
    const current = openLogFile(path, what);
    const opened = [current];
    const close = (): void => opened.forEach((file) => file && closeSync(file.file));
    try {
      for (const oldPath of oldPaths) opened.push(openLogFile(oldPath, what));
    } catch (error) {
      close();
      throw error;
    }
    const moved = identityAt(path) !== current?.identity;
    if (!moved || tries === AUDIT_LOG_LIMITS.openTries) {
      const present = opened.filter((file) => file !== undefined);
      // One that was moved meanwhile is met twice.
      const files = present.filter(
        ({ identity }, at) => present.findIndex((file) => file.identity === identity) === at,
      );
      return { files: files.toReversed(), close };
    }
    close();
  }
}

/** Opens one file of the log; undefined when there is none. */
export function openLogFile(path: string, what = "audit file"): LogFile | undefined {
  let file: number | undefined;
  try {
    // A pipe in its place must not hang us; a link leads somewhere else.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const facts = fstatSync(file);
    check(facts, path, what);
    return { path, name: basename(path), file, identity: identityOf(facts) };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    if (error instanceof StoreError) throw error;
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT") return undefined;
    throw problemOf(String(code), path, what, error);
  }
}

/** What lies at a path now; undefined for nothing. */
export function identityAt(path: string): string | undefined {
  try {
    return identityOf(lstatSync(path));
  } catch {
    return undefined;
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function check(facts: Stats, path: string, what: string): void {
  if (!facts.isFile())
    throw new StoreError("not-a-file", `the ${what} \`${path}\` is not a regular file; move it away`, {
      path,
    });
  const uid = process.getuid?.();
  if (uid === undefined || facts.uid === uid) return;
  throw new StoreError(
    "foreign-owner",
    `the ${what} \`${path}\` belongs to user id ${facts.uid}, we are ${uid}; read it as the user that runs the node host`,
    { path },
  );
}

function problemOf(code: string, path: string, what: string, cause: unknown): StoreError {
  const [storeCode, reason] =
    code === "ELOOP" || code === "EMLINK"
      ? (["symlink", "it is a symbolic link, which is not followed; move the link away"] as const)
      : code === "EACCES" || code === "EPERM"
        ? (["unreadable", "permission denied; read it as the user that runs the node host"] as const)
        : code === "ENXIO"
          ? (["not-a-file", "it is not a regular file; move it away"] as const)
          : (["unreadable", `${code}; check the disk and the path`] as const);
  return new StoreError(storeCode, `could not read the ${what} \`${path}\`: ${reason}`, { path }, cause);
}
