import type { BrowserContext, Page } from "playwright-core";

import type { ProxyCredentials } from "../egress/proxy-credentials.ts";

/**
 * Makes the browser know the credentials of our proxy, once and for everything: it keeps them in memory and presents them
 * with every later connection, those of service workers and WebSockets included, without anybody in between. The address
 * that is asked for is the proxy itself, which it refuses under every policy.
 */
export async function presentCredentials(
  context: BrowserContext,
  page: Page,
  proxy: { readonly port: number; readonly credentials: ProxyCredentials },
): Promise<void> {
  const own = `http://127.0.0.1:${String(proxy.port)}/`;
  const cdp = await context.newCDPSession(page);
  let isPresented = false;
  cdp.on("Fetch.requestPaused", ({ requestId }) => {
    void ignored(cdp.send("Fetch.continueRequest", { requestId }));
  });
  cdp.on("Fetch.authRequired", ({ requestId, authChallenge, request }) => {
    const isOurs = authChallenge.source === "Proxy" && request.url === own && !isPresented;
    if (isOurs) isPresented = true;
    const { username, password } = proxy.credentials;
    const authChallengeResponse = isOurs
      ? ({ response: "ProvideCredentials", username, password } as const)
      : ({ response: "CancelAuth" } as const);
    void ignored(cdp.send("Fetch.continueWithAuth", { requestId, authChallengeResponse }));
  });
  await cdp.send("Fetch.enable", { handleAuthRequests: true, patterns: [{ urlPattern: `${own}*` }] });
  await page.evaluate((url) => fetch(url, { mode: "no-cors" }).then(String, String), own);
  await cdp.detach();
  if (!isPresented) throw new Error("the browser does not use the proxy that it was given");
}

/** The page may go away with its request. */
async function ignored(sending: Promise<unknown>): Promise<void> {
  await sending.catch(() => undefined);
}
