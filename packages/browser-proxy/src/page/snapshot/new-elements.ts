import type { Tab } from "../../session/tab.ts";
import type { RefTarget } from "./ref-snapshot.ts";

/** Views of one tab whose elements are remembered. */
const viewsOfTab = 8;

const seen = new WeakMap<Tab, Map<string, ReadonlySet<string>>>();

/**
 * How many elements the last snapshot of the same view did not have; undefined for the first one. A view is an address with
 * all that was asked for.
 */
export function countNewElements(
  tab: Tab,
  view: string,
  refs: ReadonlyMap<string, RefTarget>,
): number | undefined {
  const views = seen.get(tab) ?? new Map<string, ReadonlySet<string>>();
  seen.set(tab, views);
  const now = new Set(
    [...refs.values()].map(({ role, name, nth }) => JSON.stringify([role, name, nth ?? 0])),
  );
  const before = views.get(view);
  views.delete(view);
  views.set(view, now);
  const [oldest] = views.keys();
  if (views.size > viewsOfTab && oldest !== undefined) views.delete(oldest);
  return before === undefined ? undefined : [...now].filter((element) => !before.has(element)).length;
}
