import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseBrowserCall } from "./browser-call.ts";
import type { BrowserCall } from "./browser-call.ts";
import { readRecordedCalls } from "./recorded-calls.test.support.ts";
import { routeSegments } from "./route-path.ts";
import { browserRoutes, findBrowserRoute, isProfileMutation } from "./routes.ts";

function callOf(params: unknown): BrowserCall {
  const result = parseBrowserCall(params);
  if (!result.ok) throw result.error;
  return result.call;
}

function routeOf(method: string, path: string): string {
  const found = findBrowserRoute(callOf({ method, path }));
  return found === undefined ? "none" : [found.route.pattern, ...found.parts.values()].join(" ");
}

describe("recorded calls", () => {
  /** What is no route. */
  const left = ["/nope"];
  const mutations = ["/profiles/create", "/profiles/work", "/reset-profile"];
  const calls = readRecordedCalls().filter(({ params }) => params.path !== "");

  test("find their route, but for those that are left out on purpose", () => {
    const missing = calls.filter(({ params }) => findBrowserRoute(callOf(params)) === undefined);
    expect([...new Set(missing.map(({ params }) => params.path))].toSorted()).toEqual(
      [...left, ...mutations].toSorted(),
    );
  });

  test("change browser profiles exactly where the later Gateway says so", () => {
    const found = calls.filter(({ params }) => isProfileMutation(callOf(params)));
    expect([...new Set(found.map(({ params }) => params.path))].toSorted()).toEqual(mutations);
    const said = calls.filter(({ error }) => error?.includes("cannot mutate persistent browser profiles"));
    expect(said.length).toBeGreaterThan(2);
    expect(said.every(({ params }) => isProfileMutation(callOf(params)))).toBe(true);
  });
});

test("the table: each route once, most used first", () => {
  const names = browserRoutes.map(({ method, pattern }) => `${method} ${pattern}`);
  expect(new Set(names).size).toBe(names.length);
  expect(browserRoutes.filter(({ tier }) => tier === 1)).toHaveLength(9);
  expect(browserRoutes.filter(({ tier }) => tier === 2)).toHaveLength(11);
  const later = browserRoutes.filter(({ since }) => since !== undefined).map(({ pattern }) => pattern);
  expect(later).toEqual(["/dialogs", "/doctor", "/text", "/cookies/set-many", "/permissions/grant"]);
  expect(names).not.toContain(expect.stringMatching(/profiles\/|reset-profile|system-profile/));
});

test.each([
  ["GET", "/", "/"],
  ["GET", "///", "/"],
  ["POST", "/", "none"],
  ["GET", "tabs/", "/tabs"],
  ["POST", "/tabs", "none"],
  ["DELETE", "/tabs/AB%2dC", "/tabs/:targetId AB-C"],
  ["DELETE", "/tabs/", "none"],
  ["GET", "/storage/local", "/storage/:kind local"],
  ["GET", "/TABS", "none"],
  ["GET", "//tabs", "none"],
  ["GET", "/./tabs", "none"],
  ["GET", "/x/../tabs", "none"],
  ["GET", "/%2e%2e/tabs", "none"],
  ["GET", "/tabs?x=1", "none"],
  ["GET", "/tabs#x", "none"],
  ["GET", "/tabs;x", "none"],
  ["GET", "\\tabs", "none"],
  ["GET", "/t%61bs", "/tabs"],
  ["GET", "/t%2561bs", "/tabs"],
  ["GET", "/t%25252525252561bs", "none"],
  ["GET", "/tabs%00", "none"],
  ["GET", "/tabs%", "none"],
  ["GET", "/tabs%ff", "none"],
  ["DELETE", "/tabs/..", "none"],
  ["DELETE", "/tabs/%252e", "none"],
  ["DELETE", "/tabs/a%2Fb", "none"],
  ["DELETE", "/tabs/a%252Fb", "none"],
  ["DELETE", "/tabs/%E2%80%AE", "none"],
  ["GET", "/system-profiles", "none"],
  ["POST", "/system-profile-import/dismiss", "none"],
])("%s %s is %s", (method, path, expected) => {
  expect(routeOf(method, path)).toBe(expected);
});

test.each([
  ["POST", "/profiles/create", true],
  ["POST", "profiles/create/", true],
  ["POST", "/profiles/%63reate", true],
  ["POST", "/profiles/%2563reate", true],
  ["POST", "/profiles/import", true],
  ["DELETE", "/profiles/work", true],
  ["POST", "/profiles/work/rename", true],
  ["POST", "/reset-profile", true],
  ["DELETE", "/reset-profile", true],
  ["GET", "/profiles", false],
  ["GET", "/profiles/create", false],
  ["POST", "/tabs/open", false],
])("%s %s changes browser profiles: %s", (method, path, expected) => {
  expect(isProfileMutation(callOf({ method, path }))).toBe(expected);
});

test("no spelling of a path hides a profile change behind another route", () => {
  const bit = fc.constantFrom(
    "profiles",
    "create",
    "reset-profile",
    "tabs",
    "/",
    "//",
    "%2f",
    "%2F",
    "%252f",
    ".",
    "..",
    "%2e",
    "\\",
    "%70",
    "P",
    "%",
    " ",
    "?",
    "#",
    ";",
    "%00",
    "",
  );
  fc.assert(
    fc.property(
      fc.array(bit, { maxLength: 8 }),
      fc.constantFrom("GET" as const, "POST" as const, "DELETE" as const),
      (bits, method) => {
        const segments = routeSegments(bits.join(""));
        const again = segments === undefined ? undefined : routeSegments(segments.join("/"));
        expect(again).toEqual(segments);
        const call = { method, segments };
        expect(isProfileMutation(call) && findBrowserRoute(call) !== undefined).toBe(false);
      },
    ),
    { numRuns: 5_000 },
  );
});
