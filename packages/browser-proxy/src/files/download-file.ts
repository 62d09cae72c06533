import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, realpath, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { browserProxyLimits } from "../limits.ts";
import { safeFileName } from "./file-name.ts";
import { fileRefusal, reasonOfSystemError } from "./file-refusal.ts";
import type { FileReason, FileRefusal } from "./file-refusal.ts";
import { holdDirectory } from "./held-directory.ts";
import type { HeldDirectory, HoldOptions } from "./held-directory.ts";
import { placedPath } from "./placed-path.ts";
import { prepareSharedPlace, rootSpellings } from "./private-place.ts";

export interface DownloadRequest {
  /** The downloads directory; made when it is missing. */
  readonly root: string;
  /** What the caller asked for, or undefined for a name of our own. */
  readonly path: string | undefined;
  /** What the page calls the file. */
  readonly suggestedName: string;
  readonly limitBytes?: number;
  readonly hold?: HoldOptions;
}

const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes what a page sends into one file below the downloads directory, readable by its owner only. It gets its name
 * when it is complete; until then, and after a failure, there is nothing under that name.
 */
export async function writeDownload(
  request: DownloadRequest,
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly ok: true; readonly path: string; readonly bytes: number } | FileRefusal> {
  const { root, hold = {} } = request;
  if (!(await prepareSharedPlace(root))) return fileRefusal("foreign-place", "downloads");
  const style = process.platform === "win32" ? "win32" : "posix";
  const asked = request.path ?? `${randomUUID()}-${safeFileName(request.suggestedName)}`;
  const parts = placedPath(asked, await rootSpellings(root), style);
  const name = parts?.at(-1);
  if (parts === undefined || name === undefined) return fileRefusal("outside", "downloads");
  const directory = await holdDirectory(root, parts.slice(0, -1), { ...hold, create: true });
  if (!directory.ok) return fileRefusal(directory.reason, "downloads");
  try {
    const written = await writeInto(
      directory,
      name,
      content,
      request.limitBytes ?? browserProxyLimits.downloadBytes,
    );
    if (typeof written === "string") return fileRefusal(written, "downloads");
    return { ok: true, path: join(await realpath(root), ...parts), bytes: written };
  } catch (error) {
    return fileRefusal(reasonOfSystemError(error), "downloads");
  } finally {
    await directory.close();
  }
}

async function writeInto(
  directory: HeldDirectory,
  name: string,
  content: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<number | FileReason> {
  const there = await lstat(directory.at(name)).catch(() => undefined);
  if (there !== undefined && !there.isFile()) return there.isSymbolicLink() ? "outside" : "not-a-file";
  const partial = directory.at(`.${randomUUID()}.part`);
  const handle = await open(partial, writeFlags, 0o600);
  let isDone = false;
  try {
    const written = await copyBounded(handle, content, limit);
    if (typeof written === "string") return written;
    if (!(await directory.isSame())) return "outside";
    // A link that was put there meanwhile is replaced, not followed.
    await rename(partial, directory.at(name));
    isDone = true;
    return written;
  } finally {
    await handle.close();
    if (!isDone) await unlink(partial).catch(() => undefined);
  }
}

async function copyBounded(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<number | FileReason> {
  let written = 0;
  for await (const chunk of content) {
    written += chunk.byteLength;
    if (written > limit) return "too-large";
    await handle.writeFile(chunk);
  }
  return written;
}
