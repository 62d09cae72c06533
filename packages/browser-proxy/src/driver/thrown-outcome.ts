import { stripVTControlCharacters } from "node:util";

import type { RouteFailure } from "../answer/route-outcome.ts";
import { browserProxyLimits } from "../limits.ts";

/** What a route threw, as one bounded text: what drives the pages explains itself in its messages, with the page's words. */
export function thrownOutcome(error: unknown): RouteFailure {
  const { errorChars } = browserProxyLimits;
  // Cut before it is searched: a page may make it as long as it likes.
  const text = stripVTControlCharacters(String(error).slice(0, errorChars * 2));
  const bounded = text.length > errorChars ? `${text.slice(0, errorChars)}…` : text;
  const isGone = /Target page, context or browser has been closed|Target crashed|Page crashed/i.test(text);
  if (isGone) return { ok: false, status: 404, error: "tab not found", thrown: true };
  return { ok: false, status: 500, error: bounded };
}
