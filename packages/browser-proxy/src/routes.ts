import type { BrowserCall, BrowserMethod } from "./browser-call.ts";

/** When a route is built: 1 is what agents use most, 3 what only command lines use (browser proxy section 7). */
export type RouteTier = 1 | 2 | 3;

/** One route of the closed table. `:name` in the pattern stands for one part of the path. */
export interface BrowserRoute {
  readonly method: BrowserMethod;
  readonly pattern: string;
  readonly tier: RouteTier;
  /** For older Gateways it is no route. */
  readonly since?: "2026.9";
}

export interface RouteMatch {
  readonly route: BrowserRoute;
  /** The parts that stand for a `:name`, by that name. */
  readonly parts: ReadonlyMap<string, string>;
}

/**
 * Everything that may be asked of the browser. Routes that change browser profiles or look at the machine's own
 * browsers are left out for good.
 */
export const browserRoutes: readonly BrowserRoute[] = [
  ...tier(1, "GET /", "GET /profiles", "GET /snapshot", "GET /tabs"),
  ...tier(1, "POST /act", "POST /navigate", "POST /screenshot", "POST /start", "POST /tabs/open"),
  ...tier(2, "GET /console", "GET /errors", "GET /requests", "DELETE /tabs/:targetId"),
  ...tier(2, "POST /download", "POST /hooks/dialog", "POST /hooks/file-chooser", "POST /pdf"),
  ...tier(2, "POST /stop", "POST /tabs/focus", "POST /wait/download"),
  ...tier(3, "GET /cookies", "POST /cookies/clear", "POST /cookies/set"),
  ...tier(3, "GET /storage/:kind", "POST /storage/:kind/clear", "POST /storage/:kind/set"),
  ...tier(3, "POST /set/credentials", "POST /set/device", "POST /set/geolocation", "POST /set/headers"),
  ...tier(3, "POST /set/locale", "POST /set/media", "POST /set/offline", "POST /set/timezone"),
  ...tier(
    3,
    "POST /highlight",
    "POST /response/body",
    "POST /tabs/action",
    "POST /trace/start",
    "POST /trace/stop",
  ),
  ...later("GET /dialogs", "GET /doctor", "GET /text", "POST /cookies/set-many", "POST /permissions/grant"),
];

/** The route of a call, or undefined for one that is not in the table. */
export function findBrowserRoute(call: Pick<BrowserCall, "method" | "segments">): RouteMatch | undefined {
  const { method, segments } = call;
  if (segments === undefined) return undefined;
  for (const route of browserRoutes) {
    const parts = route.method === method ? matchedParts(route.pattern, segments) : undefined;
    if (parts !== undefined) return { route, parts };
  }
  return undefined;
}

/**
 * Whether a call would create, import, reset or delete a browser profile (browser proxy section 4). Everything below
 * `/profiles` that is not a plain read counts, so that a route of a later release is refused before it is known.
 */
export function isProfileMutation(call: Pick<BrowserCall, "method" | "segments">): boolean {
  const [first, ...rest] = call.segments ?? [];
  if (call.method === "GET") return false;
  return (first === "profiles" && rest.length > 0) || first === "reset-profile";
}

function matchedParts(pattern: string, segments: readonly string[]): ReadonlyMap<string, string> | undefined {
  const wanted = pattern.split("/").filter((part) => part !== "");
  if (wanted.length !== segments.length) return undefined;
  const parts = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const given = segments[index] ?? "";
    if (part.startsWith(":")) parts.set(part.slice(1), given);
    else if (part !== given) return undefined;
  }
  return parts;
}

/** What the releases since September 2026 have besides (browser proxy section 8.5). */
function later(...routes: Parameters<typeof tier>[1][]): readonly BrowserRoute[] {
  return tier(3, ...routes).map((route) => ({ ...route, since: "2026.9" }));
}

function tier(
  number: RouteTier,
  ...routes: readonly `${BrowserMethod} /${string}`[]
): readonly BrowserRoute[] {
  return routes.map((route) => {
    const method = route.startsWith("GET ") ? "GET" : route.startsWith("POST ") ? "POST" : "DELETE";
    return { method, pattern: route.slice(method.length + 1), tier: number };
  });
}
