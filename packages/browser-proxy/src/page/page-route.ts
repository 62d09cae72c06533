import type { BrowserContext, CDPSession, Page } from "playwright-core";

import type { ReachPolicy } from "../address/reach-policy.ts";
import type { BrowserEra, RouteOutcome } from "../answer/route-outcome.ts";
import type { BrowserCall } from "../browser-call.ts";
import type { AdmittedBrowserCall } from "../call-policy.ts";
import type { Artifacts } from "../session/artifacts.ts";
import type { Tab } from "../session/tab.ts";

/** A call that was read and admitted: what the caller asks for, and the route that answers it. */
export interface PageRequest {
  readonly call: BrowserCall;
  readonly admitted: AdmittedBrowserCall & { readonly ok: true };
}

/** What a route that works on one page is given. The page is alive when it starts, and may end at any time. */
export interface PageContext {
  readonly page: Page;
  /** Of the whole browser profile: cookies, permissions, headers, tracing. */
  readonly browserContext: BrowserContext;
  readonly tab: Tab;
  readonly profile: string;
  readonly era: BrowserEra;
  /** Aborted when the call's time is over or the caller is gone. Give it to every call of Playwright that takes one. */
  readonly signal: AbortSignal;
  /** Uploads, downloads and the files that our own routes make. */
  readonly artifacts: Artifacts;
  readonly evaluateEnabled: boolean;
  readonly reach: ReachPolicy;
  /** The raw protocol of this page; one session for each tab, opened when it is first asked for. */
  readonly cdp: () => Promise<CDPSession>;
}

export type PageRoute = (context: PageContext, request: PageRequest) => Promise<RouteOutcome>;
