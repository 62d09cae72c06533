import type { Facts } from "../facts.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { programName } from "../program-name.ts";
import type { DenyEntryRule } from "../rule.ts";
import { expandHome, isPathPattern, matchesText } from "./entry.ts";

/** What a deny pattern is held against: every path and every name of one program. */
export interface DenyTarget {
  readonly typed: string;
  readonly paths: readonly string[];
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
  for (const { agent, entry } of deny) {
    const pattern = expandHome(entry.pattern, home);
    const byPath = isPathPattern(pattern, pathStyle);
    const hit = targets.some(({ typed, paths }) =>
      [typed, ...paths].some((text) =>
        matchesText(pattern, byPath ? text : programName(text, pathStyle), pathStyle),
      ),
    );
    if (hit) {
      const { reason } = entry;
      const rule = { kind: "deny-entry", agent, pattern: entry.pattern } as const;
      return reason === undefined ? rule : { ...rule, reason };
    }
  }
  return undefined;
}
