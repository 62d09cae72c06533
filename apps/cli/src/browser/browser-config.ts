import type { BrowserCallPolicy, ManagedBrowserConfig } from "@openclaw/browser-proxy";
import type { NodeConfig } from "@openclaw/config-store";

/** The browser profile that is ours. */
const DEFAULT_PROFILE = "openclaw";

/** What judges a call; read again for every one. */
export function callPolicy({ browser, nodeHost }: NodeConfig): BrowserCallPolicy {
  return {
    proxyEnabled: nodeHost.browserProxy.enabled !== false,
    browserEnabled: browser.enabled !== false,
    allowProfiles: nodeHost.browserProxy.allowProfiles ?? [],
    defaultProfile: browser.defaultProfile ?? DEFAULT_PROFILE,
  };
}

/** What browsers are started with, as plain JSON. */
export function driverConfig({ browser, nodeHost }: NodeConfig): ManagedBrowserConfig {
  return {
    headless: browser.headless,
    noSandbox: browser.noSandbox,
    executablePath: browser.executablePath,
    extraArgs: browser.extraArgs,
    attachOnly: browser.attachOnly,
    remoteCdpTimeoutMs: browser.remoteCdpTimeoutMs,
    remoteCdpHandshakeTimeoutMs: browser.remoteCdpHandshakeTimeoutMs,
    evaluateEnabled: browser.evaluateEnabled,
    defaultProfile: browser.defaultProfile,
    allowProfiles: nodeHost.browserProxy.allowProfiles,
    profiles: Object.fromEntries(browser.profiles),
    ssrfPolicy: browser.ssrfPolicy,
  };
}
