import type { BrowserEra, RouteFailure, RouteOutcome } from "../answer/route-outcome.ts";
import { browserProxyLimits } from "../limits.ts";
import type { PageRequest } from "../page/page-route.ts";
import type { BrowserSession } from "../session/browser-session.ts";
import type { Tab } from "../session/tab.ts";
import { loadPage } from "./load-page.ts";
import { bodyIndex, bodyText, failed, succeeded, wantedTab } from "./route-input.ts";
import { openedShape, tabShapes } from "./tab-shape.ts";

/** What a route that works on the tabs of one browser is given. */
export interface TabCall {
  readonly session: BrowserSession;
  readonly request: PageRequest;
  readonly era: BrowserEra;
  readonly signal: AbortSignal;
  /** Hears the address of the page that a route worked on. */
  readonly onPage?: ((address: string) => void) | undefined;
}

export type TabRoute = (call: TabCall) => Promise<RouteOutcome>;

/** The routes that work on the tabs and not inside a page, by method and pattern of the route table. */
export const tabRoutes: Readonly<Record<string, TabRoute>> = {
  "GET /tabs": async ({ session, era }) => succeeded({ running: true, tabs: await tabShapes(session, era) }),
  "POST /tabs/open": openTab,
  "POST /tabs/focus": async (call) => onTab(call, wantedTab(call.request), focusTab),
  "DELETE /tabs/:targetId": async (call) =>
    onTab(call, call.request.admitted.match.parts.get("targetId"), closeTab),
  "POST /tabs/action": actOnTabs,
  "POST /navigate": navigate,
};

/** The tab that a call is for, in a browser that has one: `about:blank` when there was none. */
export async function tabFor(
  { session, era }: Pick<TabCall, "session" | "era">,
  wanted: string | undefined,
): Promise<{ readonly ok: true; readonly tab: Tab } | RouteFailure> {
  const found = await session.tabs.find(wanted);
  if (found.ok) return found;
  if (found.reason === "ambiguous")
    return failed(409, "ambiguous target id prefix; pass more of it", { thrown: true });
  if (found.reason === "not-found") return missingTab(wanted ?? "", era);
  const tab = await session.tabs.of(await session.newPage());
  return tab === undefined ? missingTab("", era) : { ok: true, tab };
}

async function openTab(call: TabCall): Promise<RouteOutcome> {
  const { session, request, era, signal } = call;
  if ((await session.tabs.all()).length >= browserProxyLimits.tabs)
    return failed(409, `too many tabs; close some of the ${String(browserProxyLimits.tabs)} that are open`);
  const page = await session.newPage();
  try {
    const url = bodyText(request, "url") ?? "";
    const failure = await loadPage({ ...call, page, url, until: "commit" });
    if (failure === undefined) {
      // Most pages have their content a moment later, and the next call is a snapshot.
      const timeout = browserProxyLimits.openedContentMs;
      await page.waitForLoadState("domcontentloaded", { timeout, signal }).catch(() => undefined);
      const tab = await session.tabs.of(page);
      if (tab === undefined) return missingTab("", era);
      session.tabs.use(tab);
      return succeeded(await openedShape(session, tab, era));
    }
    await page.close();
    return failure;
  } catch (error) {
    await page.close().catch(() => undefined);
    throw error;
  }
}

async function navigate(call: TabCall): Promise<RouteOutcome> {
  return onTab(call, wantedTab(call.request), async ({ page, targetId }) => {
    const url = bodyText(call.request, "url") ?? "";
    const failure = await loadPage({ ...call, page, url, until: "load" });
    if (failure !== undefined) return failure;
    const at = page.url();
    return succeeded(
      call.era === "2026.9" ? { ok: true, url: at, targetId } : { ok: true, targetId, url: at },
    );
  });
}

async function actOnTabs(call: TabCall): Promise<RouteOutcome> {
  const { session, request, era } = call;
  const action = bodyText(request, "action");
  if (action === "list") return succeeded({ ok: true, tabs: await tabShapes(session, era) });
  if (action === "new") {
    if ((await session.tabs.all()).length >= browserProxyLimits.tabs) return failed(409, "too many tabs");
    const tab = await session.tabs.of(await session.newPage());
    if (tab === undefined) return missingTab("", era);
    session.tabs.use(tab);
    return succeeded({ ok: true, tab: await openedShape(session, tab, era) });
  }
  if (action !== "close" && action !== "select") return failed(400, "unknown tab action");
  const index = bodyIndex(request, "index");
  if (action === "select" && index === undefined) return failed(400, "index is required");
  const tabs = await session.tabs.all();
  const wanted = index === undefined ? wantedTab(request) : (tabs[index]?.targetId ?? "-");
  const found = await tabFor(call, wanted);
  if (!found.ok) return found;
  const { page, targetId } = found.tab;
  await (action === "close" ? page.close() : page.bringToFront());
  if (action === "select") session.tabs.use(found.tab);
  return succeeded({ ok: true, targetId });
}

async function onTab(
  call: TabCall,
  wanted: string | undefined,
  work: (tab: Tab, call: TabCall) => Promise<RouteOutcome>,
): Promise<RouteOutcome> {
  const found = await tabFor(call, wanted);
  if (!found.ok) return found;
  call.session.tabs.use(found.tab);
  return work(found.tab, call);
}

async function focusTab({ page, targetId }: Tab, { era }: TabCall): Promise<RouteOutcome> {
  await page.bringToFront();
  return succeeded(era === "2026.9" ? { ok: true, targetId } : { ok: true });
}

async function closeTab({ page, targetId }: Tab, { era }: TabCall): Promise<RouteOutcome> {
  await page.close();
  return succeeded(era === "2026.9" ? { ok: true, targetId } : { ok: true });
}

function missingTab(wanted: string, era: BrowserEra): RouteFailure {
  const error =
    era === "2026.9"
      ? `tab not found: browser tab "${wanted.slice(0, 64)}" not found. Use action=tabs and pass suggestedTargetId, tabId, label, or raw targetId.`
      : "tab not found";
  return failed(404, error, { thrown: true });
}
