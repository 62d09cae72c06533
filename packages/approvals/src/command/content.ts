import type { Facts } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import { sha256 } from "../policy/hash.ts";

/** SHA-256 of a file's content; `undefined` when it cannot be read or is too large. */
export function contentSha256(path: string, facts: Facts): string | undefined {
  const content = facts.readFile?.(path, LIMITS.scriptBytes);
  return content && sha256(content);
}
