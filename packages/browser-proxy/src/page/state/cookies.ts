import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, booleanField, numberField, rawTextField, textField } from "../fields.ts";
import { browserProxyLimits } from "../../limits.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

const sameSites = ["Lax", "None", "Strict"] as const;

/** `GET /cookies`: all of the browser profile. */
export async function cookiesRoute(context: PageContext): Promise<RouteOutcome> {
  const cookies = await unlessAborted(context, context.browserContext.cookies());
  return done({ ok: true, targetId: context.tab.targetId, cookies });
}

/** `POST /cookies/set` */
export async function setCookieRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const given = bodyFields(call.body)("cookie");
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new RouteRefusal(400, "cookie is required");
  const cookie = bodyFields(given);
  const name = textField(cookie, "name");
  const value = rawTextField(cookie, "value", browserProxyLimits.fieldChars);
  if (name === undefined || value === undefined)
    throw new RouteRefusal(400, "cookie name and value are required");
  const url = textField(cookie, "url");
  const domain = textField(cookie, "domain");
  if (url === undefined && domain === undefined)
    throw new RouteRefusal(400, "cookie requires url, or domain and path");
  const place =
    url === undefined ? { domain: domain ?? "", path: textField(cookie, "path") ?? "/" } : { url };
  const expires = numberField(cookie, "expires");
  const httpOnly = booleanField(cookie, "httpOnly");
  const secure = booleanField(cookie, "secure");
  const sameSite = sameSites.find((one) => one === textField(cookie, "sameSite"));
  await unlessAborted(
    context,
    context.browserContext.addCookies([
      {
        name,
        value,
        ...place,
        ...(expires === undefined ? {} : { expires }),
        ...(httpOnly === undefined ? {} : { httpOnly }),
        ...(secure === undefined ? {} : { secure }),
        ...(sameSite === undefined ? {} : { sameSite }),
      },
    ]),
  );
  return done({ ok: true, targetId: context.tab.targetId });
}

/** `POST /cookies/clear` */
export async function clearCookiesRoute(context: PageContext): Promise<RouteOutcome> {
  await unlessAborted(context, context.browserContext.clearCookies());
  return done({ ok: true, targetId: context.tab.targetId });
}
