import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { extname } from "node:path";

import { browserProxyLimits } from "../limits.ts";
import { boundedBytes } from "./read-upload.ts";

/** A file beside an answer; `path` is the text that stands in the answer. */
export interface AnswerFile {
  readonly path: string;
  readonly base64: string;
  readonly mimeType?: string;
}

export type AnswerFiles =
  | { readonly ok: true; readonly files: readonly AnswerFile[] }
  | { readonly ok: false; readonly message: string };

/**
 * The files that our own routes made. Only these are read back into an answer, whatever path a page has brought into it.
 */
export class IssuedFiles {
  readonly #paths = new Set<string>();

  /** The oldest one is forgotten when there are too many. */
  add(path: string): void {
    this.#paths.delete(path);
    this.#paths.add(path);
    const [oldest] = this.#paths;
    if (this.#paths.size > browserProxyLimits.issuedFiles && oldest !== undefined) this.#paths.delete(oldest);
  }

  /** Reads the files that a result names (browser proxy section 5.1). One that cannot be read fails the call. */
  async attach(result: unknown): Promise<AnswerFiles> {
    const paths = namedPaths(result).filter((path) => this.#paths.has(path));
    if (paths.length > browserProxyLimits.answerFiles)
      return { ok: false, message: "browser proxy result names too many files" };
    const files: AnswerFile[] = [];
    let room = browserProxyLimits.answerFilesBytes;
    for (const path of paths) {
      const bytes = await readIssued(path, Math.min(room, browserProxyLimits.answerFileBytes));
      if (bytes === "too-large") return { ok: false, message: "browser proxy file exceeds 10MB" };
      if (typeof bytes === "string")
        return { ok: false, message: `browser proxy file read failed for ${path}: Error: file not found` };
      room -= bytes.length;
      const mimeType = mimeTypeOf(bytes, path);
      files.push({ path, base64: bytes.toString("base64"), ...(mimeType === undefined ? {} : { mimeType }) });
    }
    return { ok: true, files };
  }
}

/** `path`, `imagePath`, `download.path` and `downloads[].path`, each once. */
function namedPaths(result: unknown): readonly string[] {
  const downloads = field(result, "downloads");
  const values = [
    field(result, "path"),
    field(result, "imagePath"),
    field(field(result, "download"), "path"),
    ...(Array.isArray(downloads) ? downloads.map((one) => field(one, "path")) : []),
  ];
  return [...new Set(values.filter((value) => typeof value === "string" && value !== ""))].map(String);
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

async function readIssued(path: string, limit: number): Promise<Buffer | string> {
  try {
    const handle = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      return await boundedBytes(handle, limit);
    } finally {
      await handle.close();
    }
  } catch {
    return "not-found";
  }
}

const signatures: readonly (readonly [hex: string, mimeType: string])[] = [
  ["89504e470d0a1a0a", "image/png"],
  ["ffd8ff", "image/jpeg"],
  ["255044462d", "application/pdf"],
  ["504b0304", "application/zip"],
  ["47494638", "image/gif"],
];
const byExtension: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

/** By what the file begins with, then by its extension. */
function mimeTypeOf(bytes: Buffer, path: string): string | undefined {
  const start = bytes.subarray(0, 8).toString("hex");
  return signatures.find(([hex]) => start.startsWith(hex))?.[1] ?? byExtension[extname(path).toLowerCase()];
}
