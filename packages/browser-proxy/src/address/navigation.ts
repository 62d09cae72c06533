import { browserProxyLimits } from "../limits.ts";
import { hostOfUrl, parsedUrl } from "./page-host.ts";
import type { PageHost } from "./page-host.ts";
import type { ReachPolicy } from "./reach-policy.ts";
import { judgeHost, refusedUrl } from "./reach.ts";
import type { ReachReason } from "./reach.ts";

export type NavigationVerdict =
  | {
      readonly ok: true;
      /** The one that was judged, in the spelling that the browser gets. */
      readonly url: string;
      /** Undefined for `about:blank`. */
      readonly target: PageHost | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: ReachReason;
      readonly sentence: string;
      /** The text that agents know (browser proxy section 10.2 and 10.3). */
      readonly routeError: string;
    };

/**
 * Judges a page address before the browser sees it: http, https and `about:blank` only. What a name leads to, and where
 * redirects go, is judged by the proxy that the browser has to go through.
 */
export function judgeNavigation(text: string, policy: ReachPolicy): NavigationVerdict {
  const url = text.length > browserProxyLimits.urlChars ? undefined : parsedUrl(text.trim());
  if (url === undefined) return { ...refusedUrl("bad-url"), routeError: "Navigation blocked: invalid URL" };
  if (url.href === "about:blank") return { ok: true, url: url.href, target: undefined };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const routeError = `Navigation blocked: unsupported protocol "${url.protocol.slice(0, 64)}"`;
    return { ...refusedUrl("unsupported-scheme"), routeError };
  }
  const target = hostOfUrl(url);
  if (target === undefined)
    return { ...refusedUrl("bad-url"), routeError: "Navigation blocked: invalid URL" };
  const verdict = judgeHost(target, policy);
  if (verdict.ok) return { ok: true, url: url.href, target };
  return { ...verdict, routeError: "browser navigation blocked by policy" };
}
