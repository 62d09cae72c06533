import type { Facts } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { programName } from "../program-name.ts";
import type { DenyEntryRule } from "../rule.ts";
import { matchArguments } from "./arguments.ts";
import { expandHome, isPathPattern, matchesText } from "./entry.ts";
import type { PatternBudget } from "./pattern-run.ts";

/** What a deny pattern is held against: every path and every name of one program. */
export interface DenyTarget {
  readonly typed: string;
  readonly paths: readonly string[];
  /** Absent where they cannot be seen: then every condition on them counts as met. */
  readonly args?: readonly string[] | undefined;
}

/**
 * The first deny entry that names one of the programs. Deny patterns match more than allow
 * patterns do: the real path and the path that was typed, any name, however it was found.
 */
export function findDenied(
  targets: readonly DenyTarget[],
  deny: EffectivePolicy["deny"],
  facts: Facts,
): DenyEntryRule | undefined {
  const { pathStyle, home } = facts;
  const budget: PatternBudget = { steps: LIMITS.argPatternSteps };
  for (const { agent, entry } of deny) {
    const pattern = expandHome(entry.pattern, home);
    const byPath = isPathPattern(pattern, pathStyle);
    const hit = targets.some(
      ({ typed, paths, args }) =>
        [typed, ...paths].some((text) =>
          matchesText(pattern, byPath ? text : programName(text, pathStyle), pathStyle),
        ) && deniesArguments(entry.argPattern, args, budget),
    );
    if (hit) {
      const { reason, argPattern } = entry;
      return {
        kind: "deny-entry",
        agent,
        pattern: entry.pattern,
        ...(argPattern === undefined ? {} : { argPattern }),
        ...(reason === undefined ? {} : { reason }),
      };
    }
  }
  return undefined;
}

/** The other way round than for allow entries: what cannot be judged is denied. */
function deniesArguments(
  argPattern: string | undefined,
  args: readonly string[] | undefined,
  budget: PatternBudget,
): boolean {
  if (argPattern === undefined || args === undefined || argPattern.startsWith("sha256:")) return true;
  return matchArguments(argPattern, { args, generated: () => undefined, budget }) !== "no";
}
