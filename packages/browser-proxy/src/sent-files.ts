import { browserProxyLimits } from "./limits.ts";
import { memberOf } from "./member-of.ts";

/** A file that a Gateway sends along with a call, because its own files are not on this machine. */
export interface SentFile {
  /** As it was sent: any text. */
  readonly name: string;
  readonly contentBase64: string;
}

export interface SentFilesQuestion {
  readonly command: "browser.proxy" | "browser.proxy.upload.v1";
  readonly params: object;
  readonly method: string;
  readonly segments: readonly string[] | undefined;
  readonly body: unknown;
}

export type SentFilesRead =
  | { readonly ok: true; readonly files: readonly SentFile[] | undefined }
  | { readonly ok: false; readonly problem: string };

const { sentFileBytes, sentFilesBytes, uploadFiles, filePathChars } = browserProxyLimits;

/**
 * `upload` of the params: `{envelope: "browser-upload-v1", files: [{name, contentBase64}]}`. It belongs to the one command
 * that is named after it and to the one route that gives files to a page, whose body then names no paths of its own.
 */
export function readSentFiles(question: SentFilesQuestion): SentFilesRead {
  const { command, params, method, segments, body } = question;
  const upload: unknown = Object.hasOwn(params, "upload") ? Reflect.get(params, "upload") : undefined;
  if (upload === undefined || upload === null)
    return command === "browser.proxy"
      ? { ok: true, files: undefined }
      : problem("browser.proxy.upload.v1 requires an upload envelope");
  if (command === "browser.proxy") return problem("browser.proxy does not accept upload envelopes");
  if (method !== "POST" || segments?.join("/") !== "hooks/file-chooser")
    return problem("browser proxy upload requires the file chooser route");
  if (typeof body !== "object" || body === null || Array.isArray(body) || Object.hasOwn(body, "paths"))
    return problem("browser proxy upload body must be an object without paths");
  const files = filesOf(upload);
  if (files === undefined) return problem("invalid browser proxy upload envelope");
  if (files.length > uploadFiles) return problem(`browser proxy upload holds over ${uploadFiles} files`);
  if (!files.every(({ contentBase64 }) => isBase64(contentBase64)))
    return problem("invalid browser proxy upload encoding");
  const sizes = files.map(({ contentBase64 }) => base64Bytes(contentBase64));
  if (sizes.some((size) => size > sentFileBytes))
    return problem("browser proxy upload file exceeds 10 MiB limit");
  if (sizes.reduce((sum, size) => sum + size, 0) > sentFilesBytes)
    return problem("browser proxy upload exceeds 16 MiB in all");
  return { ok: true, files };
}

function filesOf(upload: unknown): readonly SentFile[] | undefined {
  const given = memberOf(upload, "files");
  if (memberOf(upload, "envelope") !== "browser-upload-v1" || !Array.isArray(given)) return undefined;
  const files = given.flatMap((file: unknown) => {
    const [name, contentBase64] = [memberOf(file, "name"), memberOf(file, "contentBase64")];
    const isFile = typeof name === "string" && name !== "" && name.length <= filePathChars;
    return isFile && typeof contentBase64 === "string" ? [{ name, contentBase64 }] : [];
  });
  return files.length === given.length && files.length > 0 ? files : undefined;
}

/** The one form that decoding and encoding leaves as it is. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*(?:[AEIMQUYcgkosw048]=|[AQgw]==)?$/.test(text);
}

function base64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

function problem(text: string): SentFilesRead {
  return { ok: false, problem: text };
}
