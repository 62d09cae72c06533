import type { BrowserContext } from "playwright-core";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, booleanField, numberField, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, operationFailed, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

const colorSchemes = ["dark", "light", "no-preference"] as const;

/** Browsers that were told a place for their pages. */
const placed = new WeakSet<BrowserContext>();

/** Pages that may ask get a place that is none, unless the caller has set one: never the machine's own. */
export async function hideOwnPlace(context: PageContext): Promise<void> {
  const { browserContext } = context;
  if (placed.has(browserContext)) return;
  await unlessAborted(context, browserContext.setGeolocation({ latitude: 0, longitude: 0 }));
}

/** `POST /set/geolocation`; also allows pages to ask for it. */
export async function setGeolocationRoute(
  context: PageContext,
  { call }: PageRequest,
): Promise<RouteOutcome> {
  const { browserContext, page } = context;
  const body = bodyFields(call.body);
  if (booleanField(body, "clear") === true) {
    placed.delete(browserContext);
    await unlessAborted(context, browserContext.setGeolocation(null));
    await unlessAborted(context, browserContext.clearPermissions());
    return answer(context);
  }
  const latitude = numberField(body, "latitude");
  const longitude = numberField(body, "longitude");
  if (latitude === undefined || longitude === undefined)
    throw new RouteRefusal(400, "latitude and longitude are required (or set clear=true)");
  const accuracy = numberField(body, "accuracy");
  const origin = originOf(textField(body, "origin") ?? page.url());
  await unlessAborted(
    context,
    browserContext.setGeolocation({ latitude, longitude, ...(accuracy === undefined ? {} : { accuracy }) }),
  );
  placed.add(browserContext);
  await unlessAborted(
    context,
    browserContext.grantPermissions(["geolocation"], origin === undefined ? {} : { origin }),
  );
  return answer(context);
}

/** `POST /set/media` */
export async function setMediaRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const given = textField(bodyFields(call.body), "colorScheme");
  const colorScheme = given === "none" ? null : colorSchemes.find((name) => name === given);
  if (colorScheme === undefined)
    throw new RouteRefusal(400, "colorScheme must be dark|light|no-preference|none");
  await unlessAborted(context, context.page.emulateMedia({ colorScheme }));
  return answer(context);
}

/** `POST /set/timezone` */
export async function setTimezoneRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const timezoneId = textField(bodyFields(call.body), "timezoneId");
  if (timezoneId === undefined) throw new RouteRefusal(400, "timezoneId is required");
  if (!isKnown(() => new Intl.DateTimeFormat("en", { timeZone: timezoneId })))
    throw operationFailed(`Invalid timezone ID: ${timezoneId.slice(0, 100)}`);
  const session = await unlessAborted(context, context.cdp());
  await unlessAborted(context, session.send("Emulation.setTimezoneOverride", { timezoneId }));
  return answer(context);
}

/** `POST /set/locale` */
export async function setLocaleRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const locale = textField(bodyFields(call.body), "locale");
  if (locale === undefined) throw new RouteRefusal(400, "locale is required");
  if (!isKnown(() => Intl.getCanonicalLocales(locale)))
    throw operationFailed(`Invalid locale: ${locale.slice(0, 100)}`);
  const session = await unlessAborted(context, context.cdp());
  await unlessAborted(context, session.send("Emulation.setLocaleOverride", { locale }));
  return answer(context);
}

/** `POST /set/device`: a name of Playwright's list. */
export async function setDeviceRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const name = textField(bodyFields(call.body), "name");
  if (name === undefined) throw new RouteRefusal(400, "name is required");
  // Loaded long ago by whoever opened the page.
  const { devices } = await import("playwright-core");
  const device = Object.hasOwn(devices, name) ? devices[name] : undefined;
  if (device === undefined) throw operationFailed(`Unknown device "${name.slice(0, 100)}".`);
  const session = await unlessAborted(context, context.cdp());
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = device;
  await unlessAborted(context, context.page.setViewportSize(viewport));
  await unlessAborted(context, session.send("Emulation.setUserAgentOverride", { userAgent }));
  const metrics = { ...viewport, deviceScaleFactor, mobile: isMobile };
  await unlessAborted(context, session.send("Emulation.setDeviceMetricsOverride", metrics));
  await unlessAborted(context, session.send("Emulation.setTouchEmulationEnabled", { enabled: hasTouch }));
  return answer(context);
}

function answer({ tab }: PageContext): RouteOutcome {
  return done({ ok: true, targetId: tab.targetId });
}

/** The browser would take any text, and then use none. */
function isKnown(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** Undefined for pages that have none: then all pages may ask. */
function originOf(url: string): string | undefined {
  const origin = URL.canParse(url) ? new URL(url).origin : "null";
  return origin === "null" ? undefined : origin;
}
