import { sha256 } from "../policy/hash.ts";

/** SHA-256 of an environment; the order of its names does not matter. */
export function environmentHash(env: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(env).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return sha256(JSON.stringify(pairs));
}
