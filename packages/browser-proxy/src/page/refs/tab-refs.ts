import type { Tab } from "../../session/tab.ts";
import type { Binding } from "../snapshot/bindings.ts";

const byTab = new WeakMap<Tab, ReadonlyMap<string, Binding>>();

/** The references of the newest snapshot of a tab; they replace those of the one before. */
export function keepRefs(tab: Tab, bindings: ReadonlyMap<string, Binding>): void {
  byTab.set(tab, bindings);
}

export function boundRef(tab: Tab, ref: string): Binding | undefined {
  return byTab.get(tab)?.get(ref);
}
