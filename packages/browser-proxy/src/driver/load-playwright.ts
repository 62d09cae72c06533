import type { BrowserType } from "playwright-core";
import { installedPlaywright, isTooOldPlaywright, OLDEST_PLAYWRIGHT } from "./playwright-version.ts";

export type PlaywrightLoaded =
  | { readonly ok: true; readonly chromium: BrowserType }
  | { readonly ok: false; readonly sentence: string };

/**
 * What drives the pages. It is optional in the published package, and it costs tens of megabytes, so it is loaded when the
 * first browser starts and not before.
 */
export async function loadPlaywright(
  load: () => Promise<{ readonly chromium: BrowserType }> = () => import("playwright-core"),
  version: string | undefined = installedPlaywright(),
): Promise<PlaywrightLoaded> {
  if (version !== undefined && isTooOldPlaywright(version)) {
    const sentence = `playwright-core ${version} on this node is too old, ${OLDEST_PLAYWRIGHT} or newer is needed; its owner can install it with \`npm install -g playwright-core\``;
    return { ok: false, sentence };
  }
  try {
    return { ok: true, chromium: (await load()).chromium };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    const sentence = isAbsent
      ? "playwright-core is not installed on this node; its owner can install it with `npm install -g playwright-core`"
      : "playwright-core on this node cannot be loaded; its owner can install it again with `npm install -g playwright-core`";
    return { ok: false, sentence };
  }
}
