import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { Download } from "playwright-core";

import type { RouteFailure } from "../answer/route-outcome.ts";
import { writeDownload } from "../files/download-file.ts";
import { fileRefusal } from "../files/file-refusal.ts";
import type { FileRefusal } from "../files/file-refusal.ts";
import type { IssuedFiles } from "../files/issued-files.ts";
import { placedPath } from "../files/placed-path.ts";
import { rootSpellings } from "../files/private-place.ts";
import { readUploads } from "../files/read-upload.ts";
import type { Artifacts, Saved } from "./artifacts.ts";
import { discard } from "./download-hook.ts";
import { mimeTypeOfName } from "./mime-type.ts";
import { scrubbedTrace } from "./scrub-trace.ts";
import { writeMedia } from "./write-media.ts";

export interface ArtifactPlaces {
  readonly uploadsDir: string;
  readonly downloadsDir: string;
  readonly mediaDir: string;
  /** Of one browser; emptied when it starts and when it ends. */
  readonly scratchDir: string;
  readonly issued: IssuedFiles;
  /** Texts that no trace may hold. */
  readonly secrets: readonly string[];
}

export function makeArtifacts(places: ArtifactPlaces): Artifacts {
  const { uploadsDir, downloadsDir, mediaDir, scratchDir, issued, secrets } = places;
  const save = async (
    content: AsyncIterable<Uint8Array>,
    path: string | undefined,
    suggestedName: string,
  ): Promise<Saved> => {
    const written = await writeDownload({ root: downloadsDir, path, suggestedName }, content);
    if (!written.ok) return fileFailure(written);
    issued.add(written.path);
    return { ok: true, path: written.path };
  };
  return {
    readUploads: async (paths) => {
      const read = await readUploads(paths, uploadsDir);
      if (!read.ok) return fileFailure(read);
      const files = read.files.map(({ name, bytes }) => ({
        name,
        mimeType: mimeTypeOfName(name),
        buffer: bytes,
      }));
      return { ok: true, files };
    },
    saveMedia: async (bytes, extension) => {
      const path = await writeMedia(mediaDir, bytes, extension);
      if (path === undefined)
        return failure(500, "the media directory of this node is not safe to use; its owner has to check it");
      issued.add(path);
      return { ok: true, path };
    },
    judgeDownloadPath: async (path) => {
      const style = process.platform === "win32" ? "win32" : "posix";
      const parts = placedPath(path, await rootSpellings(downloadsDir), style);
      return parts === undefined ? fileFailure(fileRefusal("outside", "downloads")) : undefined;
    },
    saveDownload: async (download, path, signal) => {
      const onAbort = (): void => {
        discard(download);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await save(contentOf(download), path, download.suggestedFilename());
      } catch {
        return failure(500, "Error: the download did not come to its end");
      } finally {
        signal.removeEventListener("abort", onAbort);
        discard(download);
      }
    },
    saveBytes: async (bytes, path, suggestedName) => {
      const scrubbed = scrubbedTrace(Buffer.from(bytes), secrets);
      if (scrubbed === undefined) return failure(500, "the trace cannot be read; record it again");
      return save(only(scrubbed), path, suggestedName);
    },
    scratchPath: (extension) => Promise.resolve(join(scratchDir, `${randomUUID()}.${extension}`)),
  };
}

/** Asked for when the place is known to be good, and complete by then. */
async function* contentOf(download: Download): AsyncGenerator<Uint8Array> {
  const failed = await download.failure();
  if (failed !== null) throw new Error("the download failed");
  const stream: AsyncIterable<unknown> = await download.createReadStream();
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function fileFailure({ reason, routeError }: FileRefusal): RouteFailure {
  return failure(reason === "foreign-place" || reason === "unusable" ? 500 : 400, routeError);
}

function failure(status: number, error: string): RouteFailure {
  return { ok: false, status, error };
}
