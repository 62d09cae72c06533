import { afterEach, expect, it, vi } from "vitest";

import type { PageContext, PageRequest } from "../page-route.ts";
import { actRoute } from "./act-route.ts";

afterEach(() => void vi.useRealTimers());

const pause = { kind: "wait", timeMs: 1e9 };

it.each([
  ["in a batch", { kind: "batch", actions: [{ kind: "batch", actions: [pause] }] }, 30_000],
  ["alone", pause, 120_000],
])("a pause %s takes no longer than it may", async (_, body, most) => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  const page = { url: () => "about:blank", isClosed: () => false };
  // A pause asks nothing else of the page.
  const context: unknown = { signal, page, tab: { targetId: "T" }, era: "2026.9" };
  const request: unknown = { call: { body } };
  let isOver = false;
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const acting = actRoute(context as PageContext, request as PageRequest).finally(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(most - 1);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await acting).toMatchObject({ ok: true });
});
