import type { StatePaths } from "@openclaw/config-store";
import type { HostLog } from "../host/host-log.ts";
import type { BrowserService } from "./browser-service.ts";

export interface HostBrowserOptions {
  readonly paths: Pick<StatePaths, "stateDir" | "configFile">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: HostLog;
  /** The program of the driver process, where it is another one than ours. */
  readonly driverEntry?: string;
}

/** A browser that runs, for `node status`. */
export interface BrowserView {
  readonly profile: string;
  readonly pid: number | null;
  readonly tabs: number;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
}

/** The host's end of its browsers. Nothing of it is loaded before the first call. */
export class HostBrowser {
  readonly #options: HostBrowserOptions;
  #service: Promise<BrowserService> | undefined;
  #open: BrowserService | undefined;

  constructor(options: HostBrowserOptions) {
    this.#options = options;
  }

  /** Those that run. */
  get running(): readonly BrowserView[] {
    return this.#open?.running ?? [];
  }

  async service(): Promise<BrowserService> {
    this.#service ??= import("./browser-service.ts").then(({ BrowserService }) => {
      this.#open = new BrowserService(this.#options);
      return this.#open;
    });
    return await this.#service;
  }

  /** Ends every browser. Nothing starts after it. */
  async close(): Promise<void> {
    await (await this.#service)?.close();
  }
}
