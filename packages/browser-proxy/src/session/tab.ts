import type { CDPSession, Page } from "playwright-core";

import { browserProxyLimits } from "../limits.ts";
import { BoundedLog } from "./bounded-log.ts";
import { ChooserHook } from "./chooser-hook.ts";
import { DialogHook } from "./dialog-hook.ts";
import { DownloadHook } from "./download-hook.ts";

/** A line of the console, as `GET /console` gives it. */
export interface ConsoleLine {
  readonly type: string;
  readonly text: string;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly location: {
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
}

/** An uncaught error of the page, as `GET /errors` gives it. */
export interface PageErrorLine {
  readonly message: string;
  readonly name: string;
  readonly stack: string;
  readonly timestamp: string;
}

/** A request of the page, as `GET /requests` gives it. */
export interface RequestLine {
  readonly id: string;
  readonly timestamp: string;
  readonly method: string;
  readonly url: string;
  readonly resourceType: string;
  readonly status?: number;
  readonly ok?: boolean;
  readonly failureText?: string;
}

/** One page of a browser and what it did so far. Routes keep state of their own in a `WeakMap` with the tab as its key. */
export interface Tab {
  readonly page: Page;
  /** The browser's own id of the page. */
  readonly targetId: string;
  /** `t1`, `t2`, … in the order in which the tabs came. */
  readonly tabId: string;
  /** The raw protocol of the page, for as long as it lives. */
  readonly cdp: CDPSession;
  readonly console: BoundedLog<ConsoleLine>;
  readonly errors: BoundedLog<PageErrorLine>;
  readonly requests: BoundedLog<RequestLine>;
  readonly dialogs: DialogHook;
  readonly choosers: ChooserHook;
  readonly downloads: DownloadHook;
}

/** What is kept of a page from its first moment on, before the browser has told its id. */
export type TabMemory = Omit<Tab, "page" | "targetId" | "tabId" | "cdp">;

export function newTabMemory(now: () => number): TabMemory {
  return {
    console: new BoundedLog(browserProxyLimits.consoleLines),
    errors: new BoundedLog(browserProxyLimits.pageErrors),
    requests: new BoundedLog(browserProxyLimits.requestLines),
    dialogs: new DialogHook(now),
    choosers: new ChooserHook(),
    downloads: new DownloadHook(),
  };
}
