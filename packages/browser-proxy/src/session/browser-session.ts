import type { BrowserContext, CDPSession, Page } from "playwright-core";

import type { ReachPolicy } from "../address/reach-policy.ts";
import type { BrowserProfile } from "../browser/browser-profile.ts";
import type { EgressProxy } from "../egress/egress-proxy.ts";
import { browserProxyLimits } from "../limits.ts";
import type { Artifacts } from "./artifacts.ts";
import { discard } from "./download-hook.ts";
import { isAlive, killBrowser } from "./end-process.ts";
import { removeLocks } from "./profile-lock.ts";
import type { JudgeElsewhere } from "./judge-elsewhere.ts";
import type { RefusedHosts } from "./refused-hosts.ts";
import { removeScratch, ScratchWatch } from "./scratch.ts";
import { TabList } from "./tab-list.ts";

export interface SessionParts {
  readonly profile: BrowserProfile;
  readonly context: BrowserContext;
  /** Of the browser as a whole. */
  readonly cdp: CDPSession;
  readonly pid: number | undefined;
  /** Undefined for a browser elsewhere. */
  readonly proxy: EgressProxy | undefined;
  readonly refused: RefusedHosts;
  readonly reach: ReachPolicy;
  readonly artifacts: Artifacts;
  /** Undefined for a browser elsewhere. */
  readonly userDataDir: string | undefined;
  readonly scratchDir: string;
  /** Judges addresses for a browser elsewhere, which has no proxy of ours. */
  readonly judge?: JudgeElsewhere;
  readonly now: () => number;
  readonly onLog: (level: "info" | "warn", sentence: string) => void;
}

/** One browser that runs, with its proxy, its tabs and its files. `ended` resolves when nothing is left of it. */
export class BrowserSession {
  readonly profile: BrowserProfile;
  readonly context: BrowserContext;
  readonly cdp: CDPSession;
  readonly pid: number | undefined;
  readonly refused: RefusedHosts;
  readonly reach: ReachPolicy;
  readonly artifacts: Artifacts;
  readonly userDataDir: string | undefined;
  readonly judge: JudgeElsewhere | undefined;
  readonly tabs: TabList;
  readonly sinceMs: number;
  /** Resolves when the browser is gone, whoever ended it, and everything of it was removed. */
  readonly ended: Promise<void>;
  readonly #parts: SessionParts;
  readonly #scratch: ScratchWatch;
  #closing: Promise<void> | undefined;
  #isLost = false;

  constructor(parts: SessionParts) {
    const { context, now, onLog } = parts;
    this.#parts = parts;
    this.profile = parts.profile;
    this.context = context;
    this.cdp = parts.cdp;
    this.pid = parts.pid;
    this.refused = parts.refused;
    this.reach = parts.reach;
    this.artifacts = parts.artifacts;
    this.userDataDir = parts.userDataDir;
    this.judge = parts.judge;
    this.sinceMs = now();
    const running = new Set<Parameters<typeof discard>[0]>();
    this.#scratch = new ScratchWatch(parts.scratchDir, () => {
      onLog("warn", "a page sends more than a download may hold; it is stopped");
      for (const download of running) discard(download);
    });
    this.tabs = new TabList(context, {
      now,
      onLog: (sentence) => {
        onLog("warn", sentence);
      },
      onDownload: (download) => {
        running.add(download);
        const ended = download.failure().finally(() => running.delete(download));
        this.#scratch.during(ended);
      },
    });
    this.ended = new Promise((resolve) => {
      context.once("close", () => {
        void this.close().then(resolve);
      });
    });
  }

  /** False from the moment on in which the browser ends or is being ended. */
  get isRunning(): boolean {
    return this.#closing === undefined;
  }

  /** Asks the browser itself: one that was killed a moment ago is not missed yet. One that was silent once is lost. */
  async isAlive(): Promise<boolean> {
    if (!this.isRunning || this.#isLost) return false;
    const timer = AbortSignal.timeout(browserProxyLimits.aliveMs);
    const asked = this.cdp.send("Browser.getVersion").then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([asked, aborted(timer).then(() => false)]);
    this.#isLost ||= !answered;
    return answered;
  }

  newPage(): Promise<Page> {
    return this.context.newPage();
  }

  /** Ends the browser, by force when it does not end itself, and removes what it leaves behind. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const { proxy, scratchDir, onLog } = this.#parts;
    this.#scratch.close();
    const timer = AbortSignal.timeout(browserProxyLimits.closeMs);
    // One that is not ours goes on; only we leave it.
    const leaving = this.userDataDir === undefined ? this.context.browser()?.close() : this.context.close();
    await Promise.race([leaving?.catch(() => undefined), aborted(timer)]);
    if (this.pid !== undefined && isAlive(this.pid) && !(await killBrowser(this.pid)))
      onLog("warn", "a browser does not end; it is left behind");
    await proxy?.close();
    await removeScratch(scratchDir);
    if (this.userDataDir !== undefined) await removeLocks(this.userDataDir);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
