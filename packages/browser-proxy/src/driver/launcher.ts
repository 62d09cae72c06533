import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import type { ReachPolicy } from "../address/reach-policy.ts";
import type { BrowserSettings } from "../answer/browser-status.ts";
import { managedProfileName } from "../browser/browser-profile.ts";
import type { BrowserProfile } from "../browser/browser-profile.ts";
import { findBrowser } from "../browser/find-browser.ts";
import type { BrowserSearchResult } from "../browser/find-browser.ts";
import type { IssuedFiles } from "../files/issued-files.ts";
import { attachBrowser, attachMs } from "../session/attach-browser.ts";
import { launchBrowser } from "../session/launch-browser.ts";
import type { Launched } from "../session/launch-browser.ts";
import { loadPlaywright } from "./load-playwright.ts";
import type { ManagedBrowsersOptions } from "./managed-browsers.ts";

export interface LauncherParts {
  readonly reach: ReachPolicy;
  readonly issued: IssuedFiles;
}

/** Where files between pages and this machine lie when nothing else is said. */
function place(name: string): string {
  return join(tmpdir(), "openclaw", name);
}

/** Finds the browser of this machine and starts it for a browser profile, with the owner's settings. */
export class Launcher {
  readonly #options: ManagedBrowsersOptions;
  readonly #parts: LauncherParts;
  #found: BrowserSearchResult | undefined;

  constructor(options: ManagedBrowsersOptions, parts: LauncherParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async settings(): Promise<BrowserSettings> {
    const { config } = this.#options;
    const { executablePath } = config;
    return {
      headless: config.headless ?? true,
      noSandbox: config.noSandbox ?? false,
      executablePath,
      evaluateEnabled: config.evaluateEnabled ?? true,
      defaultProfile: config.defaultProfile ?? managedProfileName,
      allowProfiles: config.allowProfiles ?? [],
      found: await this.#find(),
    };
  }

  async launch(profile: BrowserProfile | undefined): Promise<Launched> {
    const { config, stateDir, onLog = () => undefined, onEgress = () => undefined, network } = this.#options;
    const refused = profile === undefined ? "there is no such browser profile" : this.#whyNot(profile);
    if (profile === undefined || refused !== undefined)
      return { ok: false, status: 501, sentence: refused ?? "" };
    const { headless, noSandbox, found } = await this.settings();
    if (profile.way === "managed" && !found.ok) return { ok: false, sentence: found.sentence };
    const playwright = await loadPlaywright();
    if (!playwright.ok) return { ok: false, status: 501, sentence: playwright.sentence };
    const { chromium } = playwright;
    const {
      now = Date.now,
      uploadsDir = place("uploads"),
      downloadsDir = place("downloads"),
    } = this.#options;
    const files = { stateDir, uploadsDir, downloadsDir };
    const common = { chromium, profile, now, onLog, network, ...files, ...this.#parts };
    if (profile.way !== "managed" || !found.ok)
      return attachBrowser({ ...common, timeoutMs: attachMs(config) });
    const { env = process.env, platform = process.platform } = this.#options;
    const launched = await launchBrowser({
      ...common,
      executablePath: found.path,
      headless,
      noSandbox,
      extraArgs: config.extraArgs ?? [],
      env,
      platform,
      onEgress: (record) => {
        onEgress({ ...record, profile: profile.name });
      },
    });
    // The program may have been taken away since it was found.
    if (!launched.ok) this.#found = undefined;
    return launched;
  }

  /** Why the browser of a profile is not ours to start. */
  #whyNot({ name, way }: BrowserProfile): string | undefined {
    const { config } = this.#options;
    if (way === "remote") return undefined;
    const attachOnly = config.attachOnly === true || config.profiles?.[name]?.attachOnly === true;
    return attachOnly
      ? `the browser profile "${name}" must not be started (attachOnly), and a managed browser cannot be attached to; use another one`
      : undefined;
  }

  /** A browser that was found stays; one that is missing may have been installed meanwhile. */
  async #find(): Promise<BrowserSearchResult> {
    if (this.#found?.ok === true) return this.#found;
    const { config, env = process.env, platform = process.platform, home = homedir() } = this.#options;
    const { executablePath } = config;
    this.#found = await findBrowser({ executablePath, env, platform, home });
    return this.#found;
  }
}
