import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { browserProxyLimits } from "../limits.ts";
import { fileRefusal, reasonOfSystemError } from "./file-refusal.ts";
import type { FileReason, FileRefusal } from "./file-refusal.ts";
import { holdDirectory } from "./held-directory.ts";
import type { HoldOptions } from "./held-directory.ts";
import { placedPath } from "./placed-path.ts";
import { rootSpellings } from "./private-place.ts";

/** What a page gets: the bytes that were checked, never a path that could lead elsewhere a moment later. */
export interface UploadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Opened without waiting, so that a pipe with nobody behind it does not hold the call. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads the files that a page asks for, from below the uploads directory only. All or none: one bad path refuses the
 * call. Together they are at most `uploadFiles` files and `uploadBytes` bytes.
 */
export async function readUploads(
  paths: readonly string[],
  root: string,
  options: HoldOptions = {},
): Promise<{ readonly ok: true; readonly files: readonly UploadFile[] } | FileRefusal> {
  if (paths.length > browserProxyLimits.uploadFiles) return fileRefusal("too-many", "uploads");
  const files: UploadFile[] = [];
  let room = browserProxyLimits.uploadBytes;
  for (const path of paths) {
    const read = await readInside(path, root, room, options);
    if (!read.ok) return fileRefusal(read.reason, "uploads");
    room -= read.file.bytes.length;
    files.push(read.file);
  }
  return { ok: true, files };
}

type ReadInside =
  | { readonly ok: true; readonly file: UploadFile }
  | { readonly ok: false; readonly reason: FileReason };

async function readInside(
  path: string,
  root: string,
  room: number,
  options: HoldOptions,
): Promise<ReadInside> {
  const style = process.platform === "win32" ? "win32" : "posix";
  const parts = placedPath(path, await rootSpellings(root), style);
  const name = parts?.at(-1);
  if (parts === undefined || name === undefined) return { ok: false, reason: "outside" };
  const directory = await holdDirectory(root, parts.slice(0, -1), options);
  if (!directory.ok) return directory;
  try {
    const handle = await open(directory.at(name), readFlags);
    try {
      const bytes = await boundedBytes(handle, room);
      if (typeof bytes === "string") return { ok: false, reason: bytes };
      return (await directory.isSame())
        ? { ok: true, file: { name, bytes } }
        : { ok: false, reason: "outside" };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { ok: false, reason: reasonOfSystemError(error) };
  } finally {
    await directory.close();
  }
}

/** The bytes of a regular file, or why they are not read. A file that grows meanwhile is judged by what came. */
export async function boundedBytes(handle: FileHandle, limit: number): Promise<Buffer | FileReason> {
  const facts = await handle.stat();
  if (!facts.isFile()) return "not-a-file";
  if (facts.size > limit) return "too-large";
  const bytes = Buffer.alloc(facts.size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    length += bytesRead;
    if (bytesRead === 0) return bytes.subarray(0, length);
    if (length > facts.size) return "too-large";
  }
}
