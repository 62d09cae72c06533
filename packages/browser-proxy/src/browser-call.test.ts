import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseBrowserCall } from "./browser-call.ts";
import type { BrowserCall } from "./browser-call.ts";
import { browserRefusalText, BrowserProxyError } from "./errors.ts";
import { readRecordedCalls } from "./recorded-calls.test.support.ts";

function parsed(params: unknown): BrowserCall {
  const result = parseBrowserCall(params);
  if (!result.ok) throw result.error;
  return result.call;
}

/** "code field", or "read". */
function refusal(params: unknown): string {
  const result = parseBrowserCall(params);
  return result.ok ? "read" : [result.error.code, result.error.details.field].filter(Boolean).join(" ");
}

describe("recorded calls", () => {
  const calls = readRecordedCalls();
  test.each(calls.filter(({ params }) => params.path !== ""))("$release $name is read", ({ params }) => {
    const call = parsed(params);
    expect(call.method).toBe(params.method);
    expect(`/${(call.segments ?? []).join("/")}`).toBe(params.path);
    expect(call.body).toEqual(params["body"]);
    expect(call.timeoutMs).toBe(params["timeoutMs"] ?? 20_000);
    expect(call.profile).toBe(params["profile"]);
    expect(call.errorEnvelope).toBe(params["errorEnvelope"] === "browser-v1");
    expect(Object.fromEntries(call.query)).toEqual(
      Object.fromEntries(Object.entries(params["query"] ?? {}).map(([key, value]) => [key, String(value)])),
    );
  });

  test("the one without a path fails with the recorded text", () => {
    const recorded = calls.find(({ name }) => name === "96-no-path");
    const result = parseBrowserCall(recorded?.params);
    // The Gateway puts the code before the node's text.
    expect(`INVALID_REQUEST: ${result.ok ? "" : browserRefusalText(result.error)}`).toBe(recorded?.error);
  });
});

describe("fields", () => {
  test("only a path: the rest has defaults", () => {
    expect(parsed({ path: " tabs// " })).toEqual({
      method: "GET",
      segments: ["tabs"],
      query: new Map(),
      body: undefined,
      profile: undefined,
      timeoutMs: 20_000,
      errorEnvelope: false,
    });
    expect(
      parsed({ path: "/", method: null, query: null, timeoutMs: null, profile: null, upload: null }),
    ).toMatchObject({
      method: "GET",
      segments: [],
    });
  });

  test("methods, query values and times are brought to one form", () => {
    expect(parsed({ path: "/", method: " delete " }).method).toBe("DELETE");
    expect(parsed({ path: "/", method: " " }).method).toBe("GET");
    const query = { a: 1, b: true, c: null, d: "", e: undefined, "f g": " x " };
    expect([...parsed({ path: "/", query }).query]).toEqual([
      ["a", "1"],
      ["b", "true"],
      ["d", ""],
      ["f g", " x "],
    ]);
    const times = [0.5, -3, 1.9, 700, 1e12].map((timeoutMs) => parsed({ path: "/", timeoutMs }).timeoutMs);
    expect(times).toEqual([1, 1, 1, 700, 600_000]);
    expect(parsed({ path: "/", errorEnvelope: "browser-v2" }).errorEnvelope).toBe(false);
  });

  test("one browser profile, wherever it is named", () => {
    expect(parsed({ path: "/", profile: " work " }).profile).toBe("work");
    expect(parsed({ path: "/", query: { profile: "work" } })).toMatchObject({
      profile: "work",
      query: new Map(),
    });
    expect(
      parsed({ path: "/", body: { profile: "work", x: 1 }, profile: "work", query: { profile: "" } }).profile,
    ).toBe("work");
    expect(parsed({ path: "/", profile: "  " }).profile).toBeUndefined();
    expect(parsed({ path: "/", body: ["profile"] }).profile).toBeUndefined();
    expect(refusal({ path: "/", profile: "work", query: { profile: "openclaw" } })).toBe(
      "bad-params profile",
    );
    expect(refusal({ path: "/", profile: "work", body: { profile: "openclaw" } })).toBe("bad-params profile");
  });

  test.each([
    [undefined, "params-required"],
    [null, "params-required"],
    ["/tabs", "bad-params params"],
    [[], "bad-params params"],
    [{}, "path-required path"],
    [{ path: 5, method: "PUT" }, "path-required path"],
    [{ path: " ", method: "PUT" }, "path-required path"],
    [{ path: "/", method: "PUT", query: 3 }, "bad-method method"],
    [{ path: "/", method: "PATCH" }, "bad-method method"],
    [{ path: "/", method: ["GET"] }, "bad-method method"],
    [{ path: "/", query: [] }, "bad-params query"],
    [{ path: "/", query: { a: {} } }, "bad-params query.a"],
    [{ path: "/", query: { a: ["b"] } }, "bad-params query.a"],
    [{ path: "/", timeoutMs: "5" }, "bad-params timeoutMs"],
    [{ path: "/", timeoutMs: Number.POSITIVE_INFINITY }, "bad-params timeoutMs"],
    [{ path: "/", profile: 5 }, "bad-params profile"],
    [{ path: "/", body: { profile: {} } }, "bad-params body.profile"],
    [{ path: "/", upload: {} }, "bad-upload upload"],
    [{ path: `/${"x".repeat(2048)}` }, "too-large path"],
    [{ path: "/", profile: "x".repeat(65) }, "too-large profile"],
    [{ path: "/", query: { a: "x".repeat(64 * 1024 + 1) } }, "too-large query"],
    [
      { path: "/", query: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, 1])) },
      "too-large query",
    ],
  ])("case %# is refused", (params, expected) => {
    expect(refusal(params)).toBe(expected);
  });

  test("a field name out of the call is harmless in the message, however long", () => {
    const long = parseBrowserCall({ path: "/", query: { ["x".repeat(2_000_000)]: {} } });
    expect(long.ok ? "" : JSON.stringify([long.error.message, long.error.details]).length).toBeLessThan(400);
    const result = parseBrowserCall({ path: "/", query: { "\u001b[31m`": {} } });
    expect(result).toMatchObject({
      ok: false,
      error: { message: "the field query.??31m? has a wrong type" },
    });
  });
});

test("whatever comes, it is read within the limits or refused with a code", () => {
  const field = fc.constantFrom(
    "path",
    "method",
    "query",
    "body",
    "timeoutMs",
    "profile",
    "upload",
    "__proto__",
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom("/tabs", "/", "POST", "GET", { profile: "x" }),
  );
  fc.assert(
    fc.property(fc.dictionary(field, value), (params) => {
      const result = parseBrowserCall(params);
      const within = result.ok
        ? result.call.timeoutMs >= 1 && result.call.timeoutMs <= 600_000 && !result.call.query.has("profile")
        : result.error instanceof BrowserProxyError && browserRefusalText(result.error).startsWith("Error: ");
      expect(within).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
