import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { bodyFields, numberField, textField, timeField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, operationFailed, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";
import { matchesUrl } from "./url-pattern.ts";

/** `POST /response/body`: the next response whose address is described by `url`. */
export async function responseBodyRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const pattern = textField(body, "url", 2_048);
  if (pattern === undefined) throw new RouteRefusal(400, "url is required");
  const timeout = timeField(body, "timeoutMs", { usual: 20_000, least: 500, most: 120_000 });
  const { bodyChars, maxBodyChars } = browserProxyLimits;
  const maxChars = Math.min(
    Math.max(1, Math.floor(numberField(body, "maxChars") ?? bodyChars)),
    maxBodyChars,
  );
  const { page, tab, era } = context;
  const waiting = page.waitForResponse((response) => matchesUrl(response.url(), pattern), {
    timeout,
    signal: context.signal,
  });
  const response = await unlessAborted(context, waiting).catch((error: unknown) => {
    if (error instanceof Error && error.name === "TimeoutError")
      throw operationFailed(
        `Response not found for url pattern ${JSON.stringify(pattern.slice(0, 200))}. Run 'openclaw browser requests' to inspect recent network activity.`,
      );
    throw error;
  });
  const text = (await unlessAborted(context, response.body())).toString("utf8");
  const isCut = text.length > maxChars;
  return done({
    ok: true,
    targetId: tab.targetId,
    ...(era === "2026.9" ? { url: page.url() } : {}),
    response: {
      url: response.url(),
      status: response.status(),
      headers: response.headers(),
      body: isCut ? text.slice(0, maxChars) : text,
      ...(isCut ? { truncated: true } : {}),
    },
  });
}
