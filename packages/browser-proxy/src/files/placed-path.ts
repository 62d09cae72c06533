import { posix, win32 } from "node:path";

import { browserProxyLimits } from "../limits.ts";

export type PathStyle = "posix" | "win32";

const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/**
 * The parts of a path below one of the `roots` (a place in all its spellings), or undefined when it leads elsewhere or
 * could be read in two ways. A relative path counts from the root. No part is `..`, a device, a stream, or a name that a
 * file system would change. Whether a part is a link is asked later, of the file system.
 */
export function placedPath(
  given: string,
  roots: readonly string[],
  style: PathStyle,
): readonly string[] | undefined {
  const path = style === "win32" ? win32 : posix;
  if (given === "" || given.length > browserProxyLimits.filePathChars || given.includes("\0"))
    return undefined;
  const separators = style === "win32" ? /[\\/]/ : /\//;
  let rest: string | undefined = given;
  if (path.isAbsolute(given))
    rest = roots.map((root) => below(given, root, style)).find((text) => text !== undefined);
  if (rest === undefined) return undefined;
  const parts = rest.split(separators).filter((part) => part !== "" && part !== ".");
  return parts.length > 0 && parts.every((part) => isPlainPart(part, style)) ? parts : undefined;
}

function below(given: string, root: string, style: PathStyle): string | undefined {
  const fold = (text: string): string =>
    style === "win32" ? text.replaceAll("/", "\\").toLowerCase() : text;
  const separator = style === "win32" ? "\\" : "/";
  const front = fold(root.endsWith(separator) ? root : `${root}${separator}`);
  return fold(given).startsWith(front) ? given.slice(front.length) : undefined;
}

function isPlainPart(part: string, style: PathStyle): boolean {
  if (part === "..") return false;
  if (style === "posix") return true;
  // Colons make streams and drives; dots and blanks at the end are cut off by the system.
  return !/[:<>"|?*\p{Cc}]/u.test(part) && !/[. ]$/.test(part) && !deviceName.test(part);
}
