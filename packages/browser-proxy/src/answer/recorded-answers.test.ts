import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readReachPolicy } from "../address/reach-policy.ts";
import { parseBrowserCall } from "../browser-call.ts";
import { readBrowserProfiles } from "../browser/browser-profile.ts";
import { admitBrowserCall } from "../call-policy.ts";
import type { BrowserSettings, ProfileState } from "./browser-status.ts";
import { invokeAnswer, refusedInvoke, timedOutInvoke } from "./route-outcome.ts";
import type { BrowserEra, InvokeAnswer } from "./route-outcome.ts";
import { answerWithoutPage } from "./without-page.ts";

interface Recorded {
  readonly release: string;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly payload: { readonly result?: unknown; readonly error?: unknown; readonly route?: unknown } | null;
  readonly error: string | null;
}

const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/recorded-answers.json", import.meta.url), "utf8"),
) as readonly Recorded[];

const settings: BrowserSettings = {
  headless: true,
  noSandbox: true,
  executablePath: undefined,
  evaluateEnabled: true,
  defaultProfile: "openclaw",
  allowProfiles: [],
  found: { ok: true, kind: "chromium", path: "/usr/bin/chromium" },
};

function states(era: BrowserEra, running: boolean): readonly ProfileState[] {
  const more: readonly (readonly [string, object])[] =
    era === "2026.2"
      ? [["chrome", { driver: "extension", color: "#00AA00" }]]
      : [
          ["user", { driver: "existing-session" }],
          ["chrome", { driver: "extension" }],
        ];
  return readBrowserProfiles(new Map(more)).map((profile) => ({
    ...profile,
    running: running && profile.way === "managed",
    pid: running ? 7751 : undefined,
    tabCount: 0,
    userDataDir: running ? "/home/user/.openclaw/browser/openclaw/user-data" : undefined,
    attachOnly: false,
  }));
}

function answer(
  params: unknown,
  era: BrowserEra,
  given: Partial<BrowserSettings> = {},
  running = false,
): InvokeAnswer | undefined {
  const all = { ...settings, ...given };
  const parsed = parseBrowserCall(params);
  const frame = {
    call: { errorEnvelope: false },
    era,
    routed: { profile: all.defaultProfile, driver: "openclaw" },
  };
  if (!parsed.ok) return refusedInvoke(parsed.error, frame);
  const { call } = parsed;
  const admitted = admitBrowserCall(call, { proxyEnabled: true, browserEnabled: true, ...all });
  if (!admitted.ok) return refusedInvoke(admitted.error, { ...frame, call });
  const reach = readReachPolicy({});
  const { outcome, routed } = answerWithoutPage({
    call,
    admitted,
    era,
    states: states(era, running),
    settings: all,
    reach,
  });
  return outcome === undefined ? undefined : invokeAnswer(outcome, { call, era, routed });
}

/** Values that are ours on purpose: there is no control port, and what the owner's machine draws with is not told. */
const varying = new Set(["cdpPort", "cdpUrl", "graphics", "transport", "pid"]);

function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => {
    // The relay of the older release counts as running; ours does not have one.
    if (isRecord(inner) && inner["name"] === "chrome") return { ...inner, running: "varies" };
    // So do the summaries of these checks: there is no port to ask.
    if (isRecord(inner) && /^(?:cdp-|graphics)/.test(String(inner["id"])))
      return { ...inner, summary: "varies" };
    return varying.has(key) ? "varies" : inner;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

describe("recorded answers", () => {
  it.each(recorded.map((one) => [`${one.release} ${one.name}`, one] as const))("%s", (_, one) => {
    const era = one.release === "2026.2.9" ? "2026.2" : "2026.9";
    const given = {
      ...(one.name.includes("/52") || one.name.includes("/53") ? { allowProfiles: ["work"] } : {}),
      ...(one.name.includes("disabled") ? { evaluateEnabled: false } : {}),
    };
    const ours = answer(one.params, era, given, /running|doctor/.test(one.name));
    if (one.name.includes("/52")) {
      expect(ours).toEqual({ ok: true, payload: { result: { profiles: [] } } });
    } else if (one.payload === null) {
      expect(ours).toEqual({ ok: false, error: { code: "INVALID_REQUEST", message: one.error } });
    } else {
      expect(ours?.ok === true ? comparable(ours.payload) : ours).toEqual(comparable(one.payload));
      // The same keys in the same order, those of the values that vary included.
      const keys = (value: unknown): string[] => JSON.stringify(value).match(/"\w+":/g) ?? [];
      expect(keys(ours?.ok === true ? ours.payload : undefined)).toEqual(keys(one.payload));
    }
  });
});

describe("what was not recorded", () => {
  const body = (url: string): object => ({ method: "POST", path: "/tabs/open", body: { url } });

  it("closed addresses are refused before a browser is started", () => {
    for (const url of [
      "http://127.0.0.1:8080/",
      "file:///etc/passwd",
      "http://[::1]/",
      "chrome://settings",
      "view-source:http://x/",
    ])
      expect(answer(body(url), "2026.9")).toMatchObject({
        ok: false,
        error: { message: expect.stringMatching(/^Error: 400: .*blocked/) },
      });
    expect(answer(body("https://example.com/"), "2026.9")).toBeUndefined();
  });

  it("the same reason for every call when there is no browser", () => {
    const found = { ok: false, reason: "none-found", sentence: "No supported browser found (…)" } as const;
    for (const path of ["/start", "/navigate", "/screenshot"])
      expect(
        answer({ method: "POST", path, body: { url: "https://example.com/" } }, "2026.2", { found }),
      ).toMatchObject({
        error: { message: "Error: Error: No supported browser found (…)" },
      });
    expect(answer({ path: "/" }, "2026.2", { found })).toMatchObject({
      payload: { result: { detectError: found.sentence } },
    });
  });

  it("what a browser profile lacks is told without starting anything, and only to newer Gateways", () => {
    const found = { ok: false, reason: "none-found", sentence: "No supported browser found (…)" } as const;
    const ask = (profile: string, more: object = {}): unknown =>
      answer({ path: "/doctor", profile }, "2026.9", more);
    expect(ask("openclaw")).toMatchObject({
      payload: { result: { ok: true, status: { running: false } } },
    });
    expect(ask("openclaw", { found })).toMatchObject({
      payload: {
        result: {
          ok: false,
          checks: expect.arrayContaining([
            expect.objectContaining({ id: "managed-executable", status: "fail", summary: found.sentence }),
          ]),
        },
      },
    });
    expect(ask("chrome")).toMatchObject({
      payload: { result: { ok: false, checks: { 1: { id: "profile", status: "fail" } } } },
    });
  });

  it.each(["GET /dialogs", "GET /doctor", "GET /text", "POST /cookies/set-many", "POST /permissions/grant"])(
    "%s is no route for an older Gateway",
    (route) => {
      const [method, path] = route.split(" ");
      const error = { code: "INVALID_REQUEST", message: "Error: Not Found" };
      expect(answer({ method, path }, "2026.2", {}, true)).toEqual({ ok: false, error });
      if (path !== "/doctor") expect(answer({ method, path }, "2026.9", {}, true)).toBeUndefined();
    },
  );

  it("browser profiles that need a desktop are 501, and others' names stay hidden", () => {
    expect(answer({ path: "/snapshot", profile: "chrome" }, "2026.9")).toMatchObject({
      error: { message: expect.stringMatching(/^Error: 501: the browser profile "chrome" needs/) },
    });
    const hidden = answer({ path: "/", profile: "work" }, "2026.9", { allowProfiles: ["work"] });
    expect(JSON.stringify(hidden)).not.toContain("openclaw");
  });

  it("a browser profile that cannot have such a name is one that is not there", () => {
    for (const profile of ["../../x", "a/b", "\\\\host", "openclaw/", "OpenClaw", "."])
      expect(answer({ method: "POST", path: "/start", profile }, "2026.2")).toEqual({
        ok: false,
        error: {
          code: "INVALID_REQUEST",
          message: `Error: Error: Profile "${profile}" not found. Available profiles: openclaw, chrome`,
        },
      });
  });

  it("a call that takes too long", () => {
    const call = { method: "POST", segments: ["act"], timeoutMs: 20_000 } as const;
    expect(timedOutInvoke(call, "2026.2", "openclaw")).toMatchObject({
      error: { message: "Error: browser proxy request timed out" },
    });
    expect(timedOutInvoke(call, "2026.9", "openclaw")).toMatchObject({
      error: {
        message:
          "Error: browser proxy timed out for POST /act after 20000ms; ws-backed browser action; profile=openclaw",
      },
    });
    // As recorded, but for the address: there is no control port.
    const status = { running: true, way: "managed" } as const;
    expect(timedOutInvoke(call, "2026.9", "openclaw", status)).toMatchObject({
      error: {
        message:
          "Error: browser proxy timed out for POST /act after 20000ms; ws-backed browser action; profile=openclaw; status(running=true, cdpHttp=true, cdpReady=true, transport=cdp, cdpUrl=null)",
      },
    });
  });

  it("files stand beside the result", () => {
    const files = [{ path: "/a.png", base64: "AA==" }];
    const frame = {
      call: { errorEnvelope: true },
      era: "2026.9" as const,
      routed: { profile: "openclaw", driver: "openclaw" },
      files,
    };
    expect(invokeAnswer({ ok: true, result: { path: "/a.png" } }, frame)).toEqual({
      ok: true,
      payload: {
        result: { path: "/a.png" },
        files,
        route: { status: "resolved", profile: "openclaw", driver: "openclaw" },
      },
    });
  });
});
