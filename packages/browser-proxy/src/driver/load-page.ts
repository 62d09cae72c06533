import type { Page, Request, Response } from "playwright-core";

import { judgeNavigation } from "../address/navigation.ts";
import type { RouteFailure } from "../answer/route-outcome.ts";
import { egressRefusal } from "../egress/egress-refusal.ts";
import type { EgressReason } from "../egress/egress-record.ts";
import { browserProxyLimits } from "../limits.ts";
import { unlessAborted } from "../page/within.ts";
import type { BrowserSession } from "../session/browser-session.ts";
import { failed } from "./route-input.ts";

export interface PageLoad {
  readonly session: BrowserSession;
  readonly page: Page;
  readonly url: string;
  readonly signal: AbortSignal;
  /** `commit` when the first bytes are enough. */
  readonly until: "load" | "commit";
}

const networkReasons: ReadonlySet<EgressReason> = new Set([
  "resolve-failed",
  "no-address",
  "connect-failed",
  "timed-out",
  "bad-response",
  "closed",
]);

/**
 * Takes a page to an address that is judged before, at every redirect and at the end. What the way out refused is the
 * reason in the answer, in place of the words of the browser. Throws what Playwright throws for everything else.
 */
export async function loadPage(load: PageLoad): Promise<RouteFailure | undefined> {
  const { session, page, signal } = load;
  const before = judgeNavigation(load.url, session.reach);
  if (!before.ok) return blocked(before.routeError);
  const elsewhere = await session.judge?.(before.url, signal);
  if (elsewhere !== undefined) return refusal(elsewhere);
  const mark = session.refused.mark;
  const asked = new Set<string>([before.url]);
  let own: Request | undefined;
  const onRequest = (request: Request): void => {
    if (!isOurs(request, before.url)) return;
    asked.add(request.url());
    own = request;
  };
  page.on("request", onRequest);
  let status = 0;
  try {
    const response = await goTo(load, before.url, () => own);
    status = response?.status() ?? 0;
  } catch (error) {
    const reason = refusedReason(session, asked, mark);
    if (reason === undefined) {
      await stopLoading(load);
      throw error;
    }
    return refusal(reason);
  } finally {
    page.off("request", onRequest);
  }
  // A page that came is there, even if its host was refused for something else a moment later.
  return afterLoad(load, status < 400 ? undefined : refusedReason(session, asked, mark));
}

/** The page that was there may be on its way elsewhere at the same moment; who asks comes last, and wins. */
async function goTo(load: PageLoad, url: string, own: () => Request | undefined): Promise<Response | null> {
  const { page, signal, until: waitUntil } = load;
  for (let attempt = 1; ; attempt += 1) {
    const timeout = browserProxyLimits.navigateMs;
    try {
      return await page.goto(url, { waitUntil, timeout, signal });
    } catch (error) {
      const isCrossed = /interrupted by another navigation|net::ERR_ABORTED/.test(String(error));
      if (!isCrossed || signal.aborted) throw error;
      const came = await arrival(load, own());
      if (came instanceof Object) return came;
      if (came === "nothing" || attempt === browserProxyLimits.navigateAttempts) throw error;
      await stopLoading(load);
    }
  }
}

/** What was crossed may still be on its way, and would cross whatever is asked for next. */
async function arrival(
  { page, signal, until }: PageLoad,
  own: Request | undefined,
): Promise<Response | "nothing" | "lost"> {
  const timeout = browserProxyLimits.crossedMs;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const response = await unlessAborted({ signal: limit }, own?.response() ?? Promise.resolve(null));
    if (response === null) return "lost";
    // Such an answer is no page, and the browser stays where it is.
    if ([204, 205].includes(response.status())) return "nothing";
    const url = withoutHash(response.url());
    await page.waitForURL((at) => withoutHash(at.href) === url, { waitUntil: "commit", timeout, signal });
    if (until === "load")
      await page.waitForLoadState(until, { timeout: browserProxyLimits.navigateMs, signal });
    return response;
  } catch {
    return "lost";
  }
}

function withoutHash(url: string): string {
  return url.replace(/#.*/s, "");
}

/** Whether a request is the one that we asked for, or where it was redirected to. */
function isOurs(request: Request, url: string): boolean {
  let first = request;
  for (let before = first.redirectedFrom(); before !== null; before = first.redirectedFrom()) first = before;
  return request.isNavigationRequest() && withoutHash(first.url()) === withoutHash(url);
}

/** The page stands where it stands now: at the refusal of the proxy, or where a redirect led. */
async function afterLoad(
  { session, page, signal }: PageLoad,
  found: EgressReason | undefined,
): Promise<RouteFailure | undefined> {
  const url = page.url();
  const reason = found ?? (await session.judge?.(url, signal));
  const after = judgeNavigation(url, session.reach);
  if (reason === undefined && (after.ok || /^(?:about|blob|data):/.test(url))) return undefined;
  await page.goto("about:blank", { timeout: browserProxyLimits.openedContentMs }).catch(() => undefined);
  if (reason !== undefined) return refusal(reason);
  return after.ok ? undefined : blocked(after.routeError);
}

function refusedReason(
  session: BrowserSession,
  asked: ReadonlySet<string>,
  mark: number,
): EgressReason | undefined {
  const reasons = [...asked].map((url) => session.refused.reasonFor(url, mark));
  return reasons.find((reason) => reason !== undefined);
}

function refusal(reason: EgressReason): RouteFailure {
  if (!networkReasons.has(reason)) return blocked("browser navigation blocked by policy");
  return failed(500, `Error: page.goto: ${egressRefusal(reason).sentence}`);
}

function blocked(error: string): RouteFailure {
  return failed(400, error, { thrown: true, reason: "navigation_blocked" });
}

/** Nobody waits for this page any more. */
async function stopLoading({ session, page }: PageLoad): Promise<void> {
  const tab = await session.tabs.of(page);
  await tab?.cdp.send("Page.stopLoading").catch(() => undefined);
}
