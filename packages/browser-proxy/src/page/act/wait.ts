import { browserProxyLimits } from "../../limits.ts";
import { numberField, textField } from "../fields.ts";
import { matchesUrl } from "../network/url-pattern.ts";
import type { PageContext } from "../page-route.ts";
import { scriptFunction } from "../page-script.ts";
import { operationFailed } from "../route-refusal.ts";
import { actionBounds, pause, unlessAborted } from "../within.ts";
import { badAction, waitMs } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";
import { readFunction, requireEvaluation, unlessStuck } from "./evaluate.ts";

const loadStates = ["load", "domcontentloaded", "networkidle"] as const;

/** Longest pause that a caller can ask for, in milliseconds; a batch has more to do. */
const longestPauseMs = 120_000;
const longestInBatchMs = 30_000;
/** Between two looks at a condition, in milliseconds. */
const pollMs = 100;

/** Waits for each condition that is given, one after the other (browser proxy section 8.4). */
export async function wait(request: ActRequest): ActResult {
  const { context, fields } = request;
  const { page } = context;
  const timeMs = numberField(fields, "timeMs");
  const text = textField(fields, "text", browserProxyLimits.functionChars);
  const textGone = textField(fields, "textGone", browserProxyLimits.functionChars);
  const selector = textField(fields, "selector");
  const url = textField(fields, "url");
  const loadState = loadStates.find((name) => name === textField(fields, "loadState"));
  const script = readFunction(request);
  if (script !== undefined) requireEvaluation(context, "wait --fn");
  if ([timeMs, text, textGone, selector, url, loadState, script].every((given) => given === undefined))
    throw badAction(
      request,
      "wait requires at least one of: timeMs, text, textGone, selector, url, loadState, fn",
    );
  const longest = request.isInBatch === true ? longestInBatchMs : longestPauseMs;
  const limit = Math.min(waitMs(request), longest);
  if (timeMs !== undefined) await pause(context, Math.min(Math.max(0, timeMs), longest));
  const visible = { state: "visible", ...actionBounds(context, limit) } as const;
  if (text !== undefined) await page.getByText(text).first().waitFor(visible);
  if (textGone !== undefined)
    await page
      .getByText(textGone)
      .first()
      .waitFor({ state: "hidden", ...actionBounds(context, limit) });
  if (selector !== undefined)
    await page
      .locator(selector)
      .first()
      .waitFor({ state: "visible", ...actionBounds(context, limit) });
  if (url !== undefined)
    await unlessAborted(context, page.waitForURL(describedBy(url), actionBounds(context, limit)));
  if (loadState !== undefined)
    await unlessAborted(context, page.waitForLoadState(loadState, actionBounds(context, limit)));
  if (script !== undefined) await untilTrue(context, script, limit);
  return undefined;
}

/** Not given to Playwright as a text: it would make a pattern of it that goes back without end. */
function describedBy(pattern: string): (url: URL) => boolean {
  if (pattern.includes("*"))
    // Between two slashes, two stars also stand for no part at all.
    return ({ href }) => [pattern, pattern.replaceAll("/**/", "/")].some((one) => matchesUrl(href, one));
  const exact = URL.canParse(pattern) ? new URL(pattern).href : pattern;
  return ({ href }) => href === exact;
}

/**
 * Asked from here again and again: a loop of Playwright's in the page would go on in a page whose script we had to stop.
 */
async function untilTrue(context: PageContext, script: string, limitMs: number): Promise<void> {
  const { page } = context;
  const condition = scriptFunction(`async () => {
  const given = (
${script}
);
  return Boolean(await (typeof given === "function" ? given() : given));
}`);
  const endMs = performance.now() + limitMs;
  for (;;) {
    const leftMs = Math.ceil(endMs - performance.now());
    if (leftMs <= 0) throw operationFailed(`the condition did not come true within ${String(limitMs)} ms`);
    const isTrue = await unlessStuck(context, leftMs, () => page.evaluate(condition)).catch(
      (error: unknown) => {
        // The page went on to another address: the condition is asked of the new one.
        if (error instanceof Error && error.message.includes("context was destroyed")) return false;
        throw error;
      },
    );
    if (isTrue === true) return;
    await pause(context, Math.min(pollMs, leftMs));
  }
}
