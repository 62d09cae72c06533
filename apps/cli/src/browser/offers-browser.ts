import type { NodeConfig } from "@openclaw/config-store";

/** Does the configuration leave the browser on? It is, unless one of two switches says otherwise (browser proxy section 2). */
export function offersBrowser({ browser, nodeHost }: Pick<NodeConfig, "browser" | "nodeHost">): boolean {
  return browser.enabled !== false && nodeHost.browserProxy.enabled !== false;
}
