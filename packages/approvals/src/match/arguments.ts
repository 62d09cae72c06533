import { LIMITS } from "../limits.ts";
import { GENERATED_PREFIX } from "./argument-hash.ts";
import type { EntryMatch } from "./entry.ts";
import { compilePattern, INNER_SPACE, runPattern, SPACE, type PatternBudget } from "./pattern-run.ts";

/** The arguments that a pattern is held against. */
export interface ArgumentTarget {
  readonly args: readonly string[];
  /** What "allow always" would have written for them; `undefined` where it writes nothing. */
  readonly generated: () => string | undefined;
  readonly budget: PatternBudget;
}

/**
 * Judges an argument pattern against all arguments, as a whole. A generated hash binds
 * directory and arguments. Every other pattern is a regular expression: with a NUL byte in
 * it, each argument is closed by one (two alone mean no arguments), without, the arguments
 * are joined by spaces, and a space inside of an argument is none of these. A pattern that
 * cannot be matched in linear time matches nothing. Source: exec sections 2.5 and 3.6.
 */
export function matchArguments(argPattern: string, target: ArgumentTarget): EntryMatch {
  const { args, generated, budget } = target;
  if (argPattern.startsWith(GENERATED_PREFIX)) return argPattern === generated() ? "yes" : "no";
  // Older generated hashes do not bind the directory.
  if (argPattern.startsWith("sha256:")) return "no";
  if (argPattern.trim() === "" || argPattern.length > LIMITS.patternChars) return "unsupported";
  // Reading the pattern and the arguments is work as well, for each entry anew.
  const units = args.reduce((sum, argument) => sum + argument.length + 1, 0);
  budget.steps -= argPattern.length + units;
  if (budget.steps < 0) return "unsupported";
  const automaton = compilePattern(argPattern);
  if (automaton === undefined) return "unsupported";
  budget.steps -= automaton.length;
  const text = argPattern.includes("\0") ? closedByNul(args) : joinedBySpaces(args);
  if (text === undefined) return "no";
  const matched = runPattern(automaton, text, budget);
  if (matched === undefined) return "unsupported";
  return matched ? "yes" : "no";
}

/** `undefined` for the one list of arguments that reads like another one. */
function closedByNul(args: readonly string[]): Int32Array | undefined {
  if (args.length === 0) return new Int32Array(2);
  if (args.length === 2 && args.every((argument) => argument === "")) return undefined;
  const text = args.map((argument) => `${argument}\0`).join("");
  const units = new Int32Array(text.length);
  for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at);
  return units;
}

function joinedBySpaces(args: readonly string[]): Int32Array | undefined {
  if (args.length === 1 && args[0] === "") return undefined;
  const units = new Int32Array(args.join(" ").length);
  let end = 0;
  for (const [index, argument] of args.entries()) {
    if (index > 0) units[end++] = SPACE;
    for (let at = 0; at < argument.length; at += 1) {
      const unit = argument.charCodeAt(at);
      units[end++] = unit === SPACE ? INNER_SPACE : unit;
    }
  }
  return units;
}
