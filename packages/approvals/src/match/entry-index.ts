import type { PathStyle } from "../facts.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { comparableText, expandHome } from "./entry.ts";

type Listed = EffectivePolicy["allowlist"][number];

/** What an entry is looked for by: its whole pattern, or what stands before its first star. */
interface EntryIndex {
  readonly pathStyle: PathStyle;
  readonly home: string;
  readonly whole: ReadonlyMap<string, readonly number[]>;
  readonly begun: readonly { readonly at: number; readonly start: string }[];
}

/** A list is indexed once: the policy of a host is the same for many decisions. */
const INDEXES = new WeakMap<readonly Listed[], EntryIndex>();

export interface IndexTarget {
  readonly path: string | undefined;
  readonly name: string;
  readonly pathStyle: PathStyle;
  readonly home: string;
}

/**
 * The entries whose patterns may name a program, in the order of the list: never fewer than
 * `matchProgram` says, and seldom more.
 */
export function entriesFor(allowlist: readonly Listed[], target: IndexTarget): readonly Listed[] {
  const { path, name, pathStyle } = target;
  if (path === undefined) return [];
  const { whole, begun } = indexOf(allowlist, target);
  const texts = [comparableText(path, pathStyle), comparableText(name, pathStyle)] as const;
  const found = new Set(texts.flatMap((text) => whole.get(text) ?? []));
  for (const { at, start } of begun) {
    if (texts[0].startsWith(start) || texts[1].startsWith(start)) found.add(at);
  }
  return [...found].toSorted((left, right) => left - right).flatMap((at) => allowlist[at] ?? []);
}

function indexOf(allowlist: readonly Listed[], { pathStyle, home }: IndexTarget): EntryIndex {
  const known = INDEXES.get(allowlist);
  if (known?.pathStyle === pathStyle && known.home === home) return known;
  const whole = new Map<string, number[]>();
  const begun: { readonly at: number; readonly start: string }[] = [];
  for (const [at, { entry }] of allowlist.entries()) {
    const pattern = comparableText(expandHome(entry.pattern, home), pathStyle);
    const star = pattern.search(/[*?]/u);
    if (star >= 0) begun.push({ at, start: pattern.slice(0, star) });
    else {
      const same = whole.get(pattern);
      if (same === undefined) whole.set(pattern, [at]);
      else same.push(at);
    }
  }
  const index: EntryIndex = { pathStyle, home, whole, begun };
  INDEXES.set(allowlist, index);
  return index;
}
