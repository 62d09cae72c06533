import { resolveExecutable } from "../command/resolve.ts";
import type { Facts } from "../facts.ts";
import { guardFacts } from "../guard-facts.ts";
import { LIMITS } from "../limits.ts";

/**
 * The programs of skills with the real path that each name has now, for `JudgeOptions`. To
 * be called when the list comes in: a file that is put in front of it later is not it.
 * Names with a slash, and names that lead nowhere, are left out. Source: exec section 3.8.
 */
export function resolveSkillBins(names: readonly string[], facts: Facts): ReadonlyMap<string, string> {
  const guarded = guardFacts(facts);
  const found = new Map<string, string>();
  for (const name of names.slice(0, LIMITS.skillBins)) {
    if (name === "" || /[\\/]/u.test(name)) continue;
    const resolved = resolveExecutable(name, facts.hostCwd, guarded, false);
    if (resolved?.searched === true) found.set(name, resolved.path);
  }
  return found;
}
