import { describe, expect, it } from "vitest";

import { loadPlaywright } from "./load-playwright.ts";
import { thrownOutcome } from "./thrown-outcome.ts";

describe("loadPlaywright", () => {
  it("loads what is installed", async () => {
    const loaded = await loadPlaywright();
    expect(loaded.ok && loaded.chromium.name()).toBe("chromium");
  });

  it("says what to install when it is absent, and that it is broken when it is", async () => {
    const absent = Object.assign(new Error("/secret/path"), { code: "ERR_MODULE_NOT_FOUND" });
    for (const [error, sentence] of [
      [absent, /is not installed.*npm install -g playwright-core/],
      [new Error("boom"), /cannot be loaded.*npm install -g playwright-core/],
    ] as const) {
      const loaded = await loadPlaywright(() => Promise.reject(error));
      expect(loaded).toEqual({ ok: false, sentence: expect.stringMatching(sentence) });
      expect(JSON.stringify(loaded)).not.toContain("secret");
    }
  });

  it.each([
    ["1.64.2", false],
    ["0.99.0", false],
    ["1.65.0", true],
    ["1.100.0-next", true],
    ["2.0.0", true],
    ["unknown", true],
  ])("a version whose actions could not be ended is refused: %s", async (version, ok) => {
    const loaded = await loadPlaywright(undefined, version);
    expect(loaded.ok || loaded.sentence).toEqual(
      ok || expect.stringMatching(/too old, 1\.65 or newer is needed.*npm install -g playwright-core/),
    );
  });
});

describe("thrownOutcome", () => {
  it("is one bounded text without colors", () => {
    const error = new Error(`locator.click: Timeout\n\u001b[2m  - waiting\u001b[22m ${"x".repeat(9_000)}`);
    error.name = "TimeoutError";
    const { status, error: text, thrown } = thrownOutcome(error);
    expect({ status, thrown }).toEqual({ status: 500, thrown: undefined });
    expect(text).toMatch(/^TimeoutError: locator\.click: Timeout\n {2}- waiting x+…$/);
    expect(text.length).toBeLessThan(2_100);
  });

  it("a page that went away is a tab that is not there", () => {
    const gone = new Error("page.goto: Target page, context or browser has been closed");
    expect(thrownOutcome(gone)).toMatchObject({ status: 404, error: "tab not found" });
  });
});
