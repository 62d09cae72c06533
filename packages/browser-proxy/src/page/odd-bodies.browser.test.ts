import { expect, it } from "vitest";

import { browserRoutes } from "../routes.ts";
import { browserProxyLimits } from "../limits.ts";
import { pageRoutes } from "./page-routes.ts";
import { pageHarness } from "./page.test.support.ts";

const harness = pageHarness();

const fields = [
  ["accept", "action", "actions", "accuracy", "button", "clear", "colorScheme", "cookie", "cookies", "depth"],
  ["dialogId", "element", "fields", "filter", "fn", "format", "frame", "fullPage", "headers", "height"],
  ["inputRef", "key", "labels", "latitude", "level", "limit", "locale", "longitude", "maxChars", "mode"],
  ["modifiers", "name", "offline", "optionalPermissions", "origin", "password", "path", "paths"],
  ["permissions", "promptText", "ref", "refs", "screenshots", "selector", "text", "timezoneId", "type"],
  ["url", "urls", "username", "value", "values", "width"],
].flat();

/** Each field of any route with a value that it cannot have. */
const filled = (value: unknown): object => Object.fromEntries(fields.map((name) => [name, value]));
const bodies = [null, "text", [[{}]], filled({}), filled([[], null, 1e300]), filled("\u0000\u202e")];
/** They wait for what the page does next: for the shortest time that they know, when they are asked for less. */
const soon = { timeoutMs: -1e300 };

const routes = browserRoutes.filter(({ method, pattern }) =>
  Object.hasOwn(pageRoutes, `${method} ${pattern}`),
);

it("any body of any route is an answer: no stack, no wait without end, and a page that can be used", async () => {
  expect(routes.length).toBeGreaterThan(30);
  const page = await harness.open("/");
  for (const { method, pattern } of routes) {
    const path = pattern.replace(":kind", "local");
    for (const body of bodies) {
      const given = typeof body === "object" && !Array.isArray(body) ? { ...body, ...soon } : body;
      const signal = AbortSignal.timeout(1_500);
      const asked =
        method === "GET" ? page.get(path, texts(given), { signal }) : page.post(path, given, { signal });
      const outcome = await asked.catch((error: unknown) => {
        if (!signal.aborted) throw error;
        return { ok: false, status: 504, error: String(error) };
      });
      const what = `${method} ${pattern} ${JSON.stringify(given).slice(0, 80)}`;
      expect(Object.keys(outcome), what).toContain("ok");
      if (outcome.ok || !("error" in outcome)) continue;
      expect(outcome.error, what).not.toMatch(/\n\s+at |node_modules|\.ts\b/);
      expect(outcome.error.length, what).toBeLessThanOrEqual(browserProxyLimits.errorChars + 1);
      expect(outcome.status, what).toBeGreaterThanOrEqual(400);
    }
  }
  expect(await page.act({ kind: "evaluate", fn: "1 + 1" })).toMatchObject({ result: { result: 2 } });
}, 120_000);

/** A query holds texts, numbers and booleans only. */
function texts(given: unknown): Record<string, unknown> {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(
    entries
      .slice(0, 60)
      .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value]),
  );
}
