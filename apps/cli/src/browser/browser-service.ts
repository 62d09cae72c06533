import { fileURLToPath } from "node:url";
import {
  BrowserDriver,
  browserEnvironment,
  type BrowserCallPolicy,
  type DriverCall,
  type DriverReply,
  type DriverSetup,
} from "@openclaw/browser-proxy";
import { readConfig, type NodeConfig } from "@openclaw/config-store";
import { callPolicy, driverConfig } from "./browser-config.ts";
import type { BrowserView, HostBrowserOptions } from "./host-browser.ts";

/** What of the configuration holds for one call. */
export interface BrowserTerms {
  readonly policy: BrowserCallPolicy;
  readonly config: NodeConfig;
}

/** The host's browsers, in a driver process that knows the settings of this moment. */
export class BrowserService {
  readonly #options: HostBrowserOptions;
  #driver: { readonly driver: BrowserDriver; readonly settings: string } | undefined;
  #retired: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: HostBrowserOptions) {
    this.#options = options;
  }

  get running(): readonly BrowserView[] {
    const { browsers = [] } = this.#driver?.driver ?? {};
    return browsers.map(({ sinceMs, ...browser }) => ({ ...browser, since: sinceMs }));
  }

  /** The configuration as it is now. Throws a StoreError when it cannot be used: then nothing is allowed. */
  terms(): BrowserTerms {
    const config = readConfig(this.#options.paths, this.#options.env);
    return { policy: callPolicy(config), config };
  }

  /** Has an admitted call answered under these terms. Browsers that were started under others are closed first. */
  async call(
    call: DriverCall,
    terms: BrowserTerms,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<DriverReply> {
    const config = driverConfig(terms.config);
    const settings = JSON.stringify(config);
    if (this.#driver !== undefined && this.#driver.settings !== settings) {
      if (this.#driver.driver.browsers.length > 0)
        this.#options.log.info("the browser settings were changed: the browser is closed and started anew");
      this.#retired = this.#driver.driver.close();
      this.#driver = undefined;
    }
    // Two at once would fight over the user data.
    await this.#retired;
    if (this.#closed) return { kind: "lost", why: "closed" };
    this.#driver ??= { driver: this.#open({ stateDir: this.#options.paths.stateDir, config }), settings };
    return await this.#driver.driver.call(call, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#retired, this.#driver?.driver.close()]);
  }

  #open(setup: DriverSetup): BrowserDriver {
    const { env, log, driverEntry = ownDriverEntry() } = this.#options;
    return new BrowserDriver({
      entry: driverEntry,
      env: browserEnvironment(env, process.platform),
      setup,
      onLog: (level, sentence) => log[level](sentence),
    });
  }
}

/** The program of the driver process: a file of its own in the shipped package, a source file where this one is one. */
function ownDriverEntry(): string {
  const { url } = import.meta;
  return fileURLToPath(new URL(url.endsWith(".ts") ? "driver-main.ts" : "../browser-driver.js", url));
}
