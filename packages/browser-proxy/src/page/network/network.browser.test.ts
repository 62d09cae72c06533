import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { pageHarness } from "../page.test.support.ts";
import { matchesUrl } from "./url-pattern.ts";

const harness = pageHarness();

describe("what a page logs", () => {
  it("console lines, errors and requests", async () => {
    const page = await harness.open("/");
    await page.act({ kind: "click", selector: "#go" });
    await page.act({ kind: "click", selector: "text=Fail" });
    await page.act({ kind: "click", selector: "text=Fetch" });
    await page.act({ kind: "wait", text: "answer 42" });
    const head = { ok: true, targetId: page.tab.targetId, url: page.tab.page.url() };
    expect(await page.get("/console")).toMatchObject({
      result: {
        ...head,
        messages: [
          {
            type: "log",
            text: "clicked 1",
            location: { line: expect.any(Number), lineNumber: expect.any(Number) },
          },
          { type: "error", text: "bad" },
        ],
      },
    });
    expect(await page.get("/console", { level: "error" }, { era: "2026.2" })).toEqual({
      ok: true,
      result: {
        ok: true,
        targetId: page.tab.targetId,
        messages: [expect.objectContaining({ type: "error", text: "bad" })],
      },
    });
    expect(await page.get("/errors", { clear: "true" })).toMatchObject({
      result: { ...head, errors: [{ message: "boom", name: "Error" }] },
    });
    expect(await page.get("/errors")).toMatchObject({ result: { errors: [] } });
    expect(await page.get("/requests", { filter: "data", clear: 1 })).toMatchObject({
      result: { ...head, requests: [{ method: "GET", resourceType: "fetch", status: 200, ok: true }] },
    });
    expect(await page.get("/requests")).toMatchObject({ result: { requests: [] } });
  });
});

describe("POST /response/body", () => {
  it("gives the next response, cut where asked", async () => {
    const page = await harness.open("/");
    const waiting = page.post("/response/body", { url: "**/data.json", timeoutMs: 5_000 });
    await page.act({ kind: "click", selector: "text=Fetch" });
    expect(await waiting).toMatchObject({
      result: {
        response: {
          url: `${harness.site().origin}/data.json`,
          status: 200,
          headers: expect.any(Object),
          body: '{"answer":42}\n',
        },
      },
    });
    const cut = page.post("/response/body", { url: "data", maxChars: 3 });
    await page.act({ kind: "click", selector: "text=Fetch" });
    expect(await cut).toMatchObject({ result: { response: { body: '{"a', truncated: true } } });
    expect(await page.post("/response/body", { url: "never", timeoutMs: 1 })).toEqual({
      ok: false,
      status: 500,
      error: `Error: Response not found for url pattern "never". Run 'openclaw browser requests' to inspect recent network activity.`,
    });
    expect(await page.post("/response/body", {})).toMatchObject({ status: 400, error: "url is required" });
  });
});

describe("matchesUrl", () => {
  it("knows parts, one star and two", () => {
    const url = "https://example.com/a/b/data.json?x=1";
    for (const pattern of [url, "data.json", "**/data.json*", "https://*/a/*/data*", "**"])
      expect(matchesUrl(url, pattern), pattern).toBe(true);
    for (const pattern of ["nothing", "https://*/data.json*", "*", "**/data.json", "**.js"])
      expect(matchesUrl(url, pattern), pattern).toBe(false);
  });

  it("says what a regular expression says, in any time", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "/", "*", ".", "ü"), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (url, pattern) => {
        fc.pre(pattern.includes("*"));
        const source = pattern
          .replaceAll(/[.]/g, "\\.")
          .replaceAll(/\*{2,}/g, "\0")
          .replaceAll("*", "[^/]*")
          .replaceAll("\0", "[^]*");
        return matchesUrl(url, pattern) === new RegExp(`^${source}$`, "u").test(url);
      }),
    );
    expect(matchesUrl("a".repeat(8_000), "*a".repeat(1_000) + "b")).toBe(false);
    expect(matchesUrl("a".repeat(8_193), "**")).toBe(false);
  });
});
