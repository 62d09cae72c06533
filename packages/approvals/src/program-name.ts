import type { PathStyle } from "./facts.ts";

/**
 * The name by which a program is known: the last part of its path. On Windows in lower
 * case and without the extension, because the system finds it that way too.
 */
export function programName(path: string, style: PathStyle): string {
  if (style === "posix") return path.slice(path.lastIndexOf("/") + 1);
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name.toLowerCase().replace(/\.(?:exe|cmd|bat|com)$/u, "");
}
