import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { queryFields, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { scriptCall } from "../page-script.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

/** Runs in the page. One character more than the limit tells that there is more. */
const readText = `({ selector, limit }) => {
  const node = selector === null
    ? document.querySelector("article") ?? document.querySelector("main") ?? document.body
    : document.querySelector(selector);
  return node === null ? null : String(node.innerText ?? node.textContent).slice(0, limit + 1);
}`;

/** `GET /text`: the words of a page or of one element, as they are shown. */
export async function textRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const query = queryFields(call.query);
  const selector = textField(query, "selector") ?? null;
  const limit = readLimit(textField(query, "maxChars"));
  const { page, tab } = context;
  const found = await unlessAborted(
    context,
    page.evaluate<unknown>(scriptCall(readText, { selector, limit })),
  );
  if (typeof found !== "string")
    throw new RouteRefusal(404, "no element matches the selector; take a new snapshot, or leave it out");
  // Half of a character that takes two places is no character.
  const text = found.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "");
  const truncated = found.length > limit;
  return done({ ok: true, targetId: tab.targetId, url: page.url(), text, truncated });
}

function readLimit(asked: string | undefined): number {
  const { snapshotChars } = browserProxyLimits;
  if (asked === undefined) return snapshotChars;
  if (!/^[1-9]\d{0,15}$/.test(asked)) throw new RouteRefusal(400, "maxChars must be a positive integer.");
  return Math.min(Number(asked), snapshotChars);
}
