import { judgeNavigation } from "../../address/navigation.ts";
import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, listField, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";
import { hideOwnPlace } from "./emulation.ts";

/** The browser's names of what pages may be granted, with Playwright's. None of them reaches out of the browser. */
const grantable: ReadonlyMap<string, readonly string[]> = new Map([
  ["backgroundSync", ["background-sync"]],
  ["geolocation", ["geolocation"]],
  ["notifications", ["notifications"]],
  ["sensors", ["accelerometer", "ambient-light-sensor", "gyroscope", "magnetometer"]],
  ["storageAccess", ["storage-access"]],
  ["wakeLockScreen", ["screen-wake-lock"]],
]);

/** `POST /permissions/grant`: what pages of one origin need not ask for. */
export async function grantPermissionsRoute(
  context: PageContext,
  { call }: PageRequest,
): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const given = textField(body, "origin") ?? "";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new RouteRefusal(400, "origin must be an http(s) origin");
  const { origin } = url;
  const wanted = [...new Set(listField(body, "permissions"))];
  if (wanted.length === 0) throw new RouteRefusal(400, "permissions must be a non-empty string array");
  const optional = [...new Set(listField(body, "optionalPermissions"))];
  const verdict = judgeNavigation(origin, context.reach);
  if (!verdict.ok)
    throw new RouteRefusal(400, verdict.routeError, { thrown: true, reason: "navigation_blocked" });
  const refused = wanted.find((name) => !grantable.has(name));
  if (refused !== undefined)
    throw new RouteRefusal(
      403,
      `the permission \`${refused.slice(0, 100)}\` is not granted by this node; it grants ${[...grantable.keys()].join(", ")}`,
    );
  const granted = [...new Set([...wanted, ...optional])].filter((name) => grantable.has(name));
  const names = granted.flatMap((name) => grantable.get(name) ?? []);
  if (names.includes("geolocation")) await hideOwnPlace(context);
  await unlessAborted(context, context.browserContext.grantPermissions(names, { origin }));
  return done({
    ok: true,
    origin,
    grantedPermissions: granted,
    unsupportedPermissions: optional.filter((name) => !grantable.has(name)),
    grantMethod: "playwright",
  });
}
