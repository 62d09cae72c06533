import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";

import { StoreError, systemErrorCode } from "./errors.ts";
import { checkFile, currentSelf, linkError } from "./file-facts.ts";
import { storeLimits } from "./limits.ts";
import { shown } from "./shown-text.ts";

export type StateFileText =
  | { readonly kind: "absent" }
  | {
      readonly kind: "text";
      readonly text: string;
      /** Permission bits, for example 0o600. */
      readonly mode: number;
    };

export interface ReadStateFileOptions {
  /** Default 4 MiB. */
  readonly maxBytes?: number;
  /** What the file is, for messages: "exec approvals file". */
  readonly what?: string;
}

/**
 * Reads one file of ours. Links are not followed, and all checks are made on the opened descriptor, so that the file
 * judged is the file read. Throws `symlink`, `not-a-file`, `foreign-owner`, `writable-by-others`, `too-large`,
 * `not-utf8`, `unreadable`. A byte order mark stays in the text, so that hashes of the raw text hold.
 */
export function readStateFile(path: string, options: ReadStateFileOptions = {}): StateFileText {
  const { maxBytes = storeLimits.stateFileBytes, what = "file" } = options;
  let descriptor: number | undefined;
  try {
    descriptor = openForReading(path, what);
    if (descriptor === undefined) return { kind: "absent" };
    const facts = fstatSync(descriptor);
    checkFile(facts, path, what, currentSelf());
    const bytes = facts.size > maxBytes ? undefined : readBounded(descriptor, maxBytes);
    if (bytes === undefined)
      throw new StoreError(
        "too-large",
        `the ${what} ${shown(path)} is larger than ${maxBytes} bytes; make it smaller or move it away`,
        { path },
      );
    return { kind: "text", text: decoded(bytes, path, what), mode: facts.mode & 0o7777 };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = systemErrorCode(error) ?? "unknown error";
    throw new StoreError(
      "unreadable",
      `could not read the ${what} ${shown(path)} (${code}); check its owner and mode`,
      { path },
      error,
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function openForReading(path: string, what: string): number | undefined {
  // Windows knows no O_NOFOLLOW; there only an administrator can make links, so a look beforehand is enough.
  const noFollow = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;
  // O_NONBLOCK: a named pipe put in the file's place must not hang us.
  const flags = constants.O_RDONLY | noFollow | constants.O_NONBLOCK;
  try {
    if (noFollow === 0 && lstatSync(path).isSymbolicLink()) throw linkError(path, what);
    return openSync(path, flags);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === "ENXIO")
      throw new StoreError(
        "not-a-file",
        `the ${what} ${shown(path)} is not a regular file; move it away`,
        { path },
        error,
      );
    // ELOOP also comes from links above; only the last part is named as the link.
    if ((code === "ELOOP" || code === "EMLINK") && isLink(path)) throw linkError(path, what);
    throw error;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Undefined when there is more than the limit, also when the file grows while it is read. */
function readBounded(descriptor: number, maxBytes: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, maxBytes + 1 - total));
    const count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > maxBytes) return undefined;
  }
}

function decoded(bytes: Buffer, path: string, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new StoreError(
      "not-utf8",
      `the ${what} ${shown(path)} is not UTF-8 text; save it as UTF-8 or restore it from a copy`,
      { path },
      error,
    );
  }
}
