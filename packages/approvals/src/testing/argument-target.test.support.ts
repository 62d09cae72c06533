import { cwdArgvPattern } from "../match/argument-hash.ts";
import type { ArgumentTarget } from "../match/arguments.ts";
import { LIMITS } from "../limits.ts";

/** Arguments in a directory, as patterns see them. */
export function argumentTarget(args: readonly string[], cwd: string): ArgumentTarget {
  return {
    args,
    generated: () => cwdArgvPattern(cwd, args),
    budget: { steps: LIMITS.argPatternSteps },
  };
}
