import type { Locator } from "playwright-core";

import { textField } from "../fields.ts";
import type { Fields } from "../fields.ts";
import type { PageContext } from "../page-route.ts";
import { operationFailed, RouteRefusal } from "../route-refusal.ts";
import type { Binding } from "../snapshot/bindings.ts";
import { unlessAborted } from "../within.ts";
import { boundRef } from "./tab-refs.ts";

/** An element of the page, and how the caller named it. */
export interface Located {
  readonly locator: Locator;
  readonly shown: string;
}

/** One that the page was not asked about yet. */
export interface Sought extends Located {
  /** Asks the page; rejects with the answer to the caller when it has no such element. Undefined for a selector. */
  readonly isThere?: () => Promise<void>;
}

/** The element of a reference: `e12`, `@e12` or `ref=e12` of the newest snapshot. */
export async function locateRef(context: PageContext, given: string): Promise<Located> {
  return found(context, seekRef(context, given));
}

/** The same, without asking the page. */
export function seekRef(context: PageContext, given: string): Sought {
  const ref = /^(?:@|ref=)?((?:f\d+)?e\d+)$/.exec(given)?.[1];
  const binding = ref === undefined ? undefined : boundRef(context.tab, ref);
  if (ref === undefined || binding === undefined) throw unknownRef(ref ?? given);
  const bound = context.page.locator(`aria-ref=${binding.aria}`);
  const locator = binding.inside === undefined ? bound : insideOf(bound, binding.inside);
  return { locator, shown: ref, isThere: () => someOf(bound, ref) };
}

interface FieldNames {
  readonly ref: string;
  readonly selector: string;
}

/** The element of a reference or, where the caller's era knows them, of a selector. */
export async function locateField(
  context: PageContext,
  fields: Fields,
  names?: FieldNames,
): Promise<Located> {
  return found(context, seekField(context, fields, names));
}

/** The same, without asking the page. */
export function seekField(
  context: PageContext,
  fields: Fields,
  names: FieldNames = { ref: "ref", selector: "selector" },
): Sought {
  const ref = textField(fields, names.ref);
  if (ref !== undefined) return seekRef(context, ref);
  const selector = context.era === "2026.9" ? textField(fields, names.selector) : undefined;
  if (selector !== undefined) return { locator: context.page.locator(selector), shown: selector };
  const code = context.era === "2026.9" ? { code: "ACT_INVALID_REQUEST" } : {};
  const either = context.era === "2026.9" ? ` or ${names.selector}` : "";
  throw new RouteRefusal(400, `${names.ref}${either} is required`, code);
}

export function unknownRef(ref: string): RouteRefusal {
  return operationFailed(
    `Unknown ref ${JSON.stringify(ref.slice(0, 80))}. Run a new snapshot and use a ref from that snapshot.`,
  );
}

async function found(context: PageContext, sought: Sought): Promise<Located> {
  if (sought.isThere !== undefined) await unlessAborted(context, sought.isThere());
  return { locator: sought.locator, shown: sought.shown };
}

/** Playwright would wait for an element that can never come back. */
async function someOf(bound: Locator, ref: string): Promise<void> {
  // A page that cannot tell (it goes elsewhere, or is busy) may have had the action all the same: that one's end is told.
  const count = await bound.count().catch(() => undefined);
  if (count === 0) throw unknownRef(ref);
}

function insideOf(bound: Locator, { role, name, nth }: Required<Binding>["inside"]): Locator {
  const called = name === undefined ? {} : { name, exact: true };
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- roles come from Playwright's own snapshot
  return bound.getByRole(role as Parameters<Locator["getByRole"]>[0], called).nth(nth);
}
