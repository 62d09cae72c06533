import { LIMITS } from "../limits.ts";
import { readPattern, type Assertion, type Pattern, type UnitSet } from "./pattern-syntax.ts";

/** Work that may still be spent on patterns; it is shared by all entries that one command meets. */
export interface PatternBudget {
  steps: number;
}

/** A compiled pattern: states that wait for a unit, choose, assert, or accept. */
export type Automaton = readonly State[];

type State =
  | { readonly kind: "set"; readonly set: UnitSet; readonly next: number }
  | { readonly kind: "split"; readonly next: readonly number[] }
  | { readonly kind: "assertion"; readonly at: Assertion; readonly next: number }
  | { readonly kind: "accept" };

/** A space inside of an argument, told apart from the one between two arguments. */
export const INNER_SPACE = 0x1_0000;
export const SPACE = 0x20;
/** Closes an argument; only a pattern that names it matches it. */
const NUL = 0;

/** Compiles a pattern of the linear subset; `undefined` when it is not, or is too large. */
export function compilePattern(source: string): Automaton | undefined {
  const pattern = readPattern(source);
  if (pattern === undefined) return undefined;
  const states: State[] = [{ kind: "accept" }];
  const add = (state: State): number | undefined =>
    states.length < LIMITS.argPatternStates ? states.push(state) - 1 : undefined;

  let parts = 0;
  /** Adds what leads from the answer to `next`. Built from the end, so `next` is known. */
  const build = (part: Pattern, next: number): number | undefined => {
    parts += 1;
    // Repeated parts without a state of their own count as well.
    if (parts > LIMITS.argPatternStates) return undefined;
    switch (part.kind) {
      case "set":
        return add({ kind: "set", set: part.set, next });
      case "assertion":
        return add({ kind: "assertion", at: part.at, next });
      case "sequence":
        return part.items.reduceRight<number | undefined>(
          (after, item) => (after === undefined ? undefined : build(item, after)),
          next,
        );
      case "choice": {
        const starts = part.items.map((item) => build(item, next));
        if (!starts.every((start) => start !== undefined)) return undefined;
        return starts.length === 1 ? starts[0] : add({ kind: "split", next: starts });
      }
      case "repeat":
        return repeat(part.item, part.min, part.max, next);
    }
  };
  const repeat = (item: Pattern, min: number, max: number, next: number): number | undefined => {
    let after: number | undefined = next;
    if (max === Infinity) {
      const loop = add({ kind: "split", next: [] });
      const start = loop === undefined ? undefined : build(item, loop);
      if (loop === undefined || start === undefined) return undefined;
      states[loop] = { kind: "split", next: [start, next] };
      after = loop;
    }
    for (let count = max === Infinity ? min : max; count > 0 && after !== undefined; count -= 1) {
      const start = build(item, after);
      if (start === undefined) return undefined;
      after = count > min ? add({ kind: "split", next: [start, next] }) : start;
    }
    return after;
  };
  const start = build(pattern, 0);
  return start === undefined ? undefined : [...states, { kind: "split", next: [start] }];
}

/**
 * Whether the whole text is matched; `undefined` when the budget ran out. Walks the text
 * once with the set of states that are still possible, so no text can make it backtrack.
 */
export function runPattern(
  states: Automaton,
  text: ArrayLike<number>,
  budget: PatternBudget,
): boolean | undefined {
  const seen = new Int32Array(states.length).fill(-1);
  // A state is taken in once for each unit, so neither list outgrows the states.
  const open = new Int32Array(states.length);
  const reached = new Int32Array(states.length);
  reached[0] = states.length - 1;
  let possible = 1;
  for (let at = 0; ; at += 1) {
    const symbol = text[at];
    let waiting = 0;
    const take = (index: number): void => {
      budget.steps -= 1;
      if (seen[index] === at) return;
      seen[index] = at;
      open[waiting] = index;
      waiting += 1;
    };
    for (let each = 0; each < possible; each += 1) take(reached[each] ?? 0);
    possible = 0;
    let accepted = false;
    while (waiting > 0) {
      waiting -= 1;
      const state = states[open[waiting] ?? 0];
      if (state === undefined) continue;
      if (state.kind === "split") for (const next of state.next) take(next);
      else if (state.kind === "set") {
        if (symbol === undefined || !accepts(state.set, symbol)) continue;
        reached[possible] = state.next;
        possible += 1;
      } else if (state.kind === "accept") accepted = true;
      else if (holds(state.at, text[at - 1], symbol)) take(state.next);
    }
    if (budget.steps < 0) return undefined;
    if (symbol === undefined) return accepted;
    if (possible === 0) return false;
  }
}

function accepts({ ranges, negated }: UnitSet, symbol: number): boolean {
  if (symbol === INNER_SPACE) return negated && !hasUnit(ranges, SPACE);
  if (symbol === NUL) return !negated && hasUnit(ranges, NUL);
  return hasUnit(ranges, symbol) !== negated;
}

function hasUnit(ranges: UnitSet["ranges"], unit: number): boolean {
  for (const [from, to] of ranges) if (from <= unit && unit <= to) return true;
  return false;
}

function holds(assertion: Assertion, before: number | undefined, after: number | undefined): boolean {
  switch (assertion) {
    case "start":
      return before === undefined;
    case "end":
      return after === undefined;
    case "boundary":
      return isWordUnit(before) !== isWordUnit(after);
    case "inside":
      return isWordUnit(before) === isWordUnit(after);
  }
}

function isWordUnit(unit: number | undefined): boolean {
  return unit !== undefined && unit < INNER_SPACE && /\w/u.test(String.fromCharCode(unit));
}
