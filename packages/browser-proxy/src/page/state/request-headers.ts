import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { bodyFields, booleanField, rawTextField, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

/** What the browser and our proxy say to each other and to servers about the connection itself. */
const ownHeaders =
  /^(?:proxy-.*|host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade)$/i;

/** `POST /set/offline` */
export async function setOfflineRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const offline = booleanField(bodyFields(call.body), "offline");
  if (offline === undefined) throw new RouteRefusal(400, "offline is required");
  await unlessAborted(context, context.browserContext.setOffline(offline));
  return done({ ok: true, targetId: context.tab.targetId });
}

/** `POST /set/headers`: sent with every request of the browser profile; they replace those set before. */
export async function setHeadersRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const given = bodyFields(call.body)("headers");
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new RouteRefusal(400, "headers are required");
  const fields = bodyFields(given);
  const names = Object.keys(given);
  if (names.length > browserProxyLimits.extraHeaders)
    throw new RouteRefusal(400, `headers is over its limit of ${String(browserProxyLimits.extraHeaders)}`);
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = rawTextField(fields, name, browserProxyLimits.fieldChars);
    // What is no text is dropped, as the other host does it.
    if (value === undefined) continue;
    if (!/^[\w!#$%&'*+.^`|~-]{1,200}$/.test(name) || !/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value))
      throw new RouteRefusal(400, "a header has a name or a value that HTTP does not allow");
    if (ownHeaders.test(name))
      throw new RouteRefusal(400, `the header \`${name}\` belongs to the connection and cannot be set`);
    headers[name] = value;
  }
  await unlessAborted(context, context.browserContext.setExtraHTTPHeaders(headers));
  return done({ ok: true, targetId: context.tab.targetId });
}

/** `POST /set/credentials`: for pages that ask for a name and a password. */
export async function setCredentialsRoute(
  context: PageContext,
  { call }: PageRequest,
): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const isCleared = booleanField(body, "clear") === true;
  const username = textField(body, "username");
  const password = rawTextField(body, "password", browserProxyLimits.fieldChars) ?? "";
  if (!isCleared && username === undefined)
    throw new RouteRefusal(400, "username is required (or set clear=true)");
  const credentials = isCleared || username === undefined ? null : { username, password };
  await unlessAborted(context, context.browserContext.setHTTPCredentials(credentials));
  return done({ ok: true, targetId: context.tab.targetId });
}
