import { globCovers } from "./glob-cover.ts";

/** Work that may still be spent on comparing entries with each other. */
export interface LintBudget {
  steps: number;
}

/** Finds the patterns that cover another one without comparing each with each. */
export interface CoverIndex<T> {
  add(pattern: string, item: T): void;
  /** The first item that suits and whose pattern covers the given one; `undefined` also when the budget ran out. */
  find(pattern: string, budget: LintBudget, suits: (item: T) => boolean): T | undefined;
}

interface Kept<T> {
  readonly pattern: string;
  readonly item: T;
}

/**
 * Patterns by the text in front of their first wildcard: what does not begin with it is not
 * covered. The rest is compared, as far as the budget goes.
 */
export function coverIndex<T>(): CoverIndex<T> {
  const whole = new Map<string, Kept<T>[]>();
  const byStart = new Map<string, Kept<T>[]>();
  const lengths = new Set<number>();
  return {
    add: (pattern, item) => {
      const start = /^[^*?]*/u.exec(pattern)?.[0] ?? "";
      // Without a wildcard it covers itself and nothing else.
      const literal = start === pattern;
      if (!literal) lengths.add(start.length);
      const kept = literal ? whole : byStart;
      const list = kept.get(start);
      if (list === undefined) kept.set(start, [{ pattern, item }]);
      else list.push({ pattern, item });
    },
    find: (pattern, budget, suits) => {
      const lists = function* (): Iterable<readonly Kept<T>[]> {
        yield whole.get(pattern) ?? [];
        for (const length of lengths) {
          if (budget.steps < 0) return;
          budget.steps -= 1;
          if (length <= pattern.length) yield byStart.get(pattern.slice(0, length)) ?? [];
        }
      };
      for (const list of lists()) {
        for (const { pattern: wide, item } of list) {
          if (budget.steps < 0) return undefined;
          budget.steps -= 1;
          if (!suits(item)) continue;
          if (wide === pattern) return item;
          const { covers, steps } = globCovers(wide, pattern);
          // Reading the patterns costs as well.
          budget.steps -= steps + wide.length + pattern.length;
          if (covers) return item;
        }
      }
      return undefined;
    },
  };
}
