import { sha256 } from "../policy/hash.ts";

/** Prefix of argument patterns that "allow always" generates. Source: exec section 2.5. */
export const GENERATED_PREFIX = "sha256:cwd-argv:v1:";

const encoder = new TextEncoder();

/**
 * The argument pattern that matches exactly these arguments in exactly this directory. Two
 * directories whose names differ only in the kind of slash have the same one, so see
 * `isHashable`.
 */
export function cwdArgvPattern(cwd: string, args: readonly string[]): string {
  const directory = plainDirectory(cwd);
  const fields = [directory, ...args].map((text) => `${byteLength(text)}\0${text}\0`);
  fields.splice(1, 0, `${args.length}\0`);
  return `${GENERATED_PREFIX}${sha256(fields.join(""))}`;
}

/** Whether the pattern of a directory is its own: on POSIX a backslash is part of a name. */
export function isHashable(cwd: string): boolean {
  return !(cwd.startsWith("/") && cwd.includes("\\"));
}

/** One kind of slash, no dot segments; a slash at the end stays. */
function plainDirectory(cwd: string): string {
  const [, root = "", rest = ""] = /^((?:[A-Za-z]:)?\/*)(.*)$/su.exec(cwd.replaceAll("\\", "/")) ?? [];
  const parts: string[] = [];
  for (const part of rest.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const end = parts.length > 0 && rest.endsWith("/") ? "/" : "";
  return `${root.replace(/\/+$/u, "/")}${parts.join("/")}${end}`;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
