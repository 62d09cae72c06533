import type { Download } from "playwright-core";

import type { RouteFailure } from "../answer/route-outcome.ts";

/** A file as `setInputFiles` and `FileChooser.setFiles` take it: bytes that were checked, no path. */
export interface UploadPayload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export type UploadsRead = { readonly ok: true; readonly files: readonly UploadPayload[] } | RouteFailure;

export type Saved = { readonly ok: true; readonly path: string } | RouteFailure;

/** The files that go between pages and this machine. What is saved is issued: it may stand in an answer with its content. */
export interface Artifacts {
  /** From below the uploads directory only, all or none. The failure is 400. */
  readonly readUploads: (paths: readonly string[]) => Promise<UploadsRead>;
  /** Below `<state directory>/media/browser`, with a name of our own. */
  readonly saveMedia: (bytes: Uint8Array, extension: "png" | "jpg" | "pdf" | "zip") => Promise<Saved>;
  /** Judges a path of the caller before anything is clicked for it. Undefined when it stays below the downloads directory. */
  readonly judgeDownloadPath: (path: string) => Promise<RouteFailure | undefined>;
  /** Below the downloads directory; `path` as the caller gave it, or undefined for a name of our own. Waits for its end. */
  readonly saveDownload: (
    download: Download,
    path: string | undefined,
    signal: AbortSignal,
  ) => Promise<Saved>;
  /** A recorded trace below the downloads directory, without what must not leave this machine. */
  readonly saveBytes: (bytes: Uint8Array, path: string | undefined, suggestedName: string) => Promise<Saved>;
  /** A new file name in a directory of ours for something that Playwright writes itself; removed with the browser. */
  readonly scratchPath: (extension: string) => Promise<string>;
}
