import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, textField } from "../fields.ts";
import { elementError } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { locateRef } from "../refs/locate.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";

const elementMs = 8_000;

/** `POST /highlight`: shows an element to the person who looks at the browser. */
export async function highlightRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const ref = textField(bodyFields(call.body), "ref");
  if (ref === undefined) throw new RouteRefusal(400, "ref is required");
  const { locator, shown } = await locateRef(context, ref);
  try {
    // Playwright would highlight an element that is not there without a word.
    await unlessAborted(context, locator.waitFor({ state: "attached", ...actionBounds(context, elementMs) }));
    await unlessAborted(context, locator.highlight());
  } catch (error) {
    throw elementError(error, shown);
  }
  const { tab, page, era } = context;
  return done({ ok: true, targetId: tab.targetId, ...(era === "2026.9" ? { url: page.url() } : {}) });
}
