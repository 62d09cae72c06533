import { afterEach, beforeEach, expect, it } from "vitest";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { browserRoutes } from "../routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { pageHarness } from "./page.test.support.ts";
import type { OpenedPage } from "./page.test.support.ts";

const harness = pageHarness();
const unheard: unknown[] = [];
const hear = (error: unknown): void => void unheard.push(error);

// The runner has a listener of its own, which would fail the run without a word of where.
beforeEach(() => void process.on("unhandledRejection", hear));
afterEach(() => void process.off("unhandledRejection", hear));

const wrong = "]]";
const cookie = { name: "a", value: "b", url: "nowhere" };
const bodies: Readonly<Record<string, readonly object[]>> = {
  "GET /text": [{ selector: wrong }],
  "GET /snapshot": [{ selector: wrong }, { frame: wrong }, { labels: true }, { format: "aria" }],
  "POST /act": [
    ...["click", "type", "hover", "scrollIntoView", "select"].map((kind) => ({
      kind,
      selector: wrong,
      text: "x",
      values: ["x"],
    })),
    { kind: "press", key: "Nope" },
    { kind: "press", key: "Control+Nope", delayMs: 100 },
    { kind: "clickCoords", x: 1, y: 1, delayMs: 100 },
    { kind: "drag", startSelector: wrong, endSelector: wrong },
    { kind: "resize", width: 100, height: 100 },
    { kind: "evaluate", fn: "nope(" },
    { kind: "evaluate", fn: "1", selector: wrong },
    { kind: "wait", fn: "nope(" },
    { kind: "wait", selector: wrong },
    { kind: "wait", url: "**/never", loadState: "networkidle" },
  ],
  "POST /screenshot": [{}, { element: wrong }],
  "POST /response/body": [{ url: "never" }],
  "POST /cookies/set": [{ cookie }],
  "POST /cookies/set-many": [{ cookies: [cookie, cookie] }],
  "POST /storage/:kind/set": [{ key: "a", value: "b" }],
  "POST /hooks/file-chooser": [{ paths: ["u"], element: wrong }],
  "POST /hooks/dialog": [{ accept: true }],
  "POST /permissions/grant": [{ origin: "https://app.example", permissions: ["geolocation"] }],
  "POST /set/offline": [{ offline: false }],
  "POST /set/headers": [{ headers: { "x-a": "b" } }],
  "POST /set/credentials": [{ username: "u" }],
  "POST /set/geolocation": [{ latitude: 1, longitude: 1 }],
  "POST /set/timezone": [{ timezoneId: "Europe/Berlin" }],
  "POST /set/locale": [{ locale: "de" }],
  "POST /set/media": [{ colorScheme: "dark" }],
  "POST /set/device": [{ name: "iPhone 13" }],
};

/** Every page route with what makes it fail, where there is such a thing. */
async function askEach(page: OpenedPage, signalOf: () => AbortSignal): Promise<void> {
  for (const { method, pattern } of browserRoutes) {
    const route = `${method} ${pattern}`;
    if (!Object.hasOwn(pageRoutes, route)) continue;
    for (const given of bodies[route] ?? [{}]) {
      const ask = { signal: signalOf() };
      const path = pattern.replace(":kind", "local");
      const asked = method === "GET" ? page.get(path, { ...given }, ask) : page.post(path, given, ask);
      await asked.catch(() => undefined);
    }
  }
}

it.each([
  ["before it began", (): AbortSignal => AbortSignal.abort(new Error("over"))],
  [
    "at once",
    (): AbortSignal => {
      const call = new AbortController();
      queueMicrotask(() => call.abort(new Error("over")));
      return call.signal;
    },
  ],
  ["a moment later", (): AbortSignal => AbortSignal.timeout(4)],
])("a call that is over %s leaves no failure that nobody hears", async (_, signalOf) => {
  mkdirSync(harness.uploads(), { recursive: true, mode: 0o700 });
  writeFileSync(join(harness.uploads(), "u"), "x");
  for (const isClosed of [false, true]) {
    const page = await harness.open("/");
    if (isClosed) await page.tab.page.close();
    await askEach(page, signalOf);
    // What was begun all the same ends by then.
    if (!isClosed) await page.tab.page.title();
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(unheard).toEqual([]);
});

it("a call that is over before it began does nothing", async () => {
  const page = await harness.open("/");
  const signal = AbortSignal.abort(new Error("over"));
  for (const [path, body] of [
    ["/act", { kind: "evaluate", fn: "document.title = 'done'" }],
    ["/act", { kind: "resize", width: 100, height: 100 }],
    ["/act", { kind: "close" }],
    ["/cookies/set", { cookie: { ...cookie, url: "https://app.example" } }],
    ["/storage/local/set", { key: "a", value: "b" }],
  ] as const)
    await expect(page.post(path, body, { signal })).rejects.toThrow("over");
  expect(await page.text("[document.title, innerWidth > 100, localStorage.length]")).toEqual([
    "Shop Form",
    true,
    0,
  ]);
  expect(await page.get("/cookies")).toMatchObject({ result: { cookies: [] } });
});
