import type { RouteOutcome } from "../answer/route-outcome.ts";
import type { PageRoute } from "../page/page-route.ts";
import { pageRoutes } from "../page/page-routes.ts";
import type { BrowserRoute } from "../routes.ts";
import type { Tab } from "../session/tab.ts";
import { failed, wantedTab } from "./route-input.ts";
import { tabFor, tabRoutes } from "./tab-routes.ts";
import type { TabCall } from "./tab-routes.ts";
import { thrownOutcome } from "./thrown-outcome.ts";

/** Time that a page action has to notice that nobody waits for it, in milliseconds. */
const noticeMs = 250;

/** Answers a call in a browser that runs. What the route throws is an outcome, too. */
export async function runRoute(
  call: TabCall,
  settings: { readonly evaluateEnabled: boolean },
): Promise<RouteOutcome> {
  const { pattern, method } = call.request.admitted.match.route;
  const key = `${method} ${pattern}`;
  try {
    const tabRoute = Object.hasOwn(tabRoutes, key) ? tabRoutes[key] : undefined;
    if (tabRoute !== undefined) return await tabRoute(call);
    const pageRoute = Object.hasOwn(pageRoutes, key) ? pageRoutes[key] : undefined;
    if (pageRoute === undefined) return failed(501, `this node does not have the route ${key}`);
    return await runPageRoute(pageRoute, call, settings);
  } catch (error) {
    return thrownOutcome(error);
  }
}

/** Whether a route works inside a page, and not on the tabs. */
export function isPageRoute({ method, pattern }: BrowserRoute): boolean {
  return Object.hasOwn(pageRoutes, `${method} ${pattern}`);
}

async function runPageRoute(
  route: PageRoute,
  call: TabCall,
  { evaluateEnabled }: { readonly evaluateEnabled: boolean },
): Promise<RouteOutcome> {
  const { session, request, era, signal } = call;
  const found = await tabFor(call, wantedTab(request));
  if (!found.ok) return found;
  const { tab } = found;
  session.tabs.use(tab);
  const stopWatching = breakWhenAborted(tab, signal);
  try {
    const { context: browserContext, artifacts, reach } = session;
    const cdp = (): Promise<Tab["cdp"]> => Promise.resolve(tab.cdp);
    const profile = session.profile.name;
    const page = { page: tab.page, tab, browserContext, profile, era, signal };
    return await route({ ...page, artifacts, evaluateEnabled, reach, cdp }, request);
  } finally {
    stopWatching();
    call.onPage?.(tab.page.url());
  }
}

/**
 * A script of the page that never ends does not hear that nobody waits any more. When an action still runs a moment after
 * it was cancelled, the script is ended, so that the tab can be used again.
 */
function breakWhenAborted({ cdp }: Tab, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => {
      void cdp.send("Runtime.terminateExecution").catch(() => undefined);
    }, noticeMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
}
