import type { BrowserContext } from "playwright-core";

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
  if (!isObject(given)) throw new RouteRefusal(400, "cookie is required");
  await unlessAborted(context, context.browserContext.addCookies([readCookie(given)]));
  return done({ ok: true, targetId: context.tab.targetId });
}

/** `POST /cookies/set-many`; tells how many of them the browser took. */
export async function setCookiesRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const { browserContext, tab } = context;
  const given = bodyFields(call.body)("cookies");
  if (!Array.isArray(given) || given.length === 0)
    throw new RouteRefusal(400, "cookies must be a non-empty array");
  const { cookies: most } = browserProxyLimits;
  if (given.length > most) throw new RouteRefusal(400, `cookies is over its limit of ${String(most)}`);
  const entries: readonly unknown[] = given;
  if (!entries.every(isObject)) throw new RouteRefusal(400, "cookies must contain only cookie objects");
  const cookies = entries.map(readCookie);
  const add = (some: readonly Cookie[]): Promise<void> =>
    unlessAborted(context, browserContext.addCookies(some));
  let added = cookies.length;
  try {
    await add(cookies);
  } catch (error) {
    // One that the browser does not take must not keep out the others.
    added = 0;
    for (const cookie of cookies) {
      context.signal.throwIfAborted();
      added += await add([cookie]).then(yes, no);
    }
    if (added === 0) throw error;
  }
  return done({ ok: true, targetId: tab.targetId, added });
}

type Cookie = Parameters<BrowserContext["addCookies"]>[0][number];

const yes = (): number => 1;
const no = (): number => 0;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readCookie(given: object): Cookie {
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
  return {
    name,
    value,
    ...place,
    ...(expires === undefined ? {} : { expires }),
    ...(httpOnly === undefined ? {} : { httpOnly }),
    ...(secure === undefined ? {} : { secure }),
    ...(sameSite === undefined ? {} : { sameSite }),
  };
}

/** `POST /cookies/clear` */
export async function clearCookiesRoute(context: PageContext): Promise<RouteOutcome> {
  await unlessAborted(context, context.browserContext.clearCookies());
  return done({ ok: true, targetId: context.tab.targetId });
}
