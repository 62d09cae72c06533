import type { BrowserContext, Download, Page } from "playwright-core";

import { browserProxyLimits } from "../limits.ts";
import { newTabMemory } from "./tab.ts";
import type { Tab, TabMemory } from "./tab.ts";
import { watchContext } from "./watch-context.ts";
import { watchPage } from "./watch-page.ts";

export type TabFound =
  | { readonly ok: true; readonly tab: Tab }
  | { readonly ok: false; readonly reason: "not-found" | "ambiguous" | "none" };

export interface TabListOptions {
  readonly now: () => number;
  readonly onLog: (sentence: string) => void;
  readonly onDownload: (download: Download) => void;
  readonly maxTabs?: number;
}

/** The tabs of one browser, popups included, each watched from its first moment on. */
export class TabList {
  readonly #options: TabListOptions;
  readonly #tabs = new Map<Page, Tab>();
  readonly #memories = new WeakMap<Page, TabMemory>();
  readonly #coming = new Map<Page, Promise<Tab | undefined>>();
  #serial = 0;
  #used: Tab | undefined;

  constructor(context: BrowserContext, options: TabListOptions) {
    this.#options = options;
    watchContext(context, { memoryOf: (page) => this.#memoryOf(page), now: options.now });
    context.on("page", (page) => {
      this.#add(page);
    });
    for (const page of context.pages()) this.#add(page);
  }

  /** In the order in which they came, without those that are still coming. */
  get present(): readonly Tab[] {
    return [...this.#tabs.values()];
  }

  /** The same, once those that are coming are there. */
  async all(): Promise<readonly Tab[]> {
    await Promise.all(this.#coming.values());
    return this.present;
  }

  /** The tab of a page that is open. Undefined when it went away. */
  async of(page: Page): Promise<Tab | undefined> {
    return this.#tabs.get(page) ?? (await this.#coming.get(page));
  }

  /** Calls that name no tab mean this one from now on. */
  use(tab: Tab): void {
    this.#used = tab;
  }

  /** By full id, `t…` id, or a prefix that is unique whatever its case; without one, the tab that was used last. */
  async find(wanted: string | undefined): Promise<TabFound> {
    const tabs = await this.all();
    if (wanted === undefined) {
      const tab = tabs.find((one) => one === this.#used) ?? tabs[0];
      return tab === undefined ? { ok: false, reason: "none" } : { ok: true, tab };
    }
    const text = wanted.toLowerCase();
    const exact = tabs.find((tab) => tab.targetId.toLowerCase() === text || tab.tabId === text);
    const matches =
      exact === undefined ? tabs.filter((tab) => tab.targetId.toLowerCase().startsWith(text)) : [exact];
    const [tab] = matches;
    if (tab === undefined) return { ok: false, reason: "not-found" };
    return matches.length > 1 ? { ok: false, reason: "ambiguous" } : { ok: true, tab };
  }

  #add(page: Page): void {
    const memory = this.#memoryOf(page);
    const onLost = (reason: "forbidden" | "crashed"): void => {
      this.#options.onLog(lostTexts[reason]);
      this.#forget(page);
      void page.close().catch(() => undefined);
    };
    watchPage(page, { memory, onLost, onDownload: this.#options.onDownload });
    page.once("close", () => {
      this.#forget(page);
    });
    const { maxTabs = browserProxyLimits.tabs } = this.#options;
    if (this.#tabs.size + this.#coming.size >= maxTabs) {
      this.#options.onLog("a page opened too many tabs; the newest one is closed");
      void page.close().catch(() => undefined);
      return;
    }
    const coming = this.#identify(page, memory);
    this.#coming.set(page, coming);
  }

  /** A page may do something before it is announced. */
  #memoryOf(page: Page): TabMemory {
    const memory = this.#memories.get(page) ?? newTabMemory(this.#options.now);
    this.#memories.set(page, memory);
    return memory;
  }

  /** Playwright has ids of its own; the one that Gateways know is asked of the browser. */
  async #identify(page: Page, memory: TabMemory): Promise<Tab | undefined> {
    const tabId = `t${String((this.#serial += 1))}`;
    try {
      const cdp = await page.context().newCDPSession(page);
      const { targetInfo } = await cdp.send("Target.getTargetInfo");
      const tab: Tab = { ...memory, page, cdp, targetId: targetInfo.targetId, tabId };
      if (!page.isClosed() && this.#coming.has(page)) this.#tabs.set(page, tab);
      return this.#tabs.get(page);
    } catch {
      return undefined;
    } finally {
      this.#coming.delete(page);
    }
  }

  #forget(page: Page): void {
    if (this.#used?.page === page) this.#used = undefined;
    this.#tabs.delete(page);
    this.#coming.delete(page);
  }
}

const lostTexts = {
  forbidden: "a page went where no page of a managed browser may be; its tab is closed",
  crashed: "a page has crashed; its tab is closed",
} as const;
