import type { Facts, FileFact } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import { dialectOf } from "../shell/names.ts";

const SHEBANG = /^#![ \t]*(?:\/usr)?\/bin\/(?:env[ \t]+)?([a-z]+)[ \t]*(?:-[eux]+[ \t]*)?\n/u;

/**
 * Whether a file says of itself that a shell runs it. An entry for a file is the owner's
 * word to run it as what it is, not to feed it to a shell.
 */
export function isShellScript(script: FileFact, facts: Facts): boolean {
  if (!script.executable) return false;
  const content = facts.readFile?.(script.path, LIMITS.shebangBytes);
  if (content === undefined) return false;
  const start = new TextDecoder("latin1").decode(content.subarray(0, 128));
  return dialectOf(SHEBANG.exec(start)?.[1] ?? "") !== undefined;
}
