import { describe, expect, it } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { pageHarness } from "../page.test.support.ts";

const harness = pageHarness();

describe("POST /act with scripts and conditions", () => {
  it("evaluates expressions and functions, and bounds what comes back", async () => {
    const page = await harness.open("/");
    const evaluate = async (fn: string, more = {}): Promise<unknown> =>
      resultOf(await page.act({ kind: "evaluate", fn, ...more }));
    expect(await evaluate("document.title")).toBe("Shop Form");
    expect(await evaluate("async () => ({ a: [1, 'ü'] })")).toEqual({ a: [1, "ü"] });
    expect(await evaluate("function () { return 7 }")).toBe(7);
    expect(await evaluate("undefined")).toBeUndefined();
    for (const wrong of [
      "1n",
      "(() => { const a = {}; a.a = a; return a; })()",
      "'x'.repeat(2e6)",
      "return 1",
      "nothing.at.all",
    ])
      expect(await evaluate(wrong), wrong).toMatchObject({
        ok: false,
        status: 500,
        error: expect.stringMatching(/^Error: /),
      });
    expect(await evaluate("() => { while (true) {} }", { timeoutMs: 500 })).toMatchObject({ status: 500 });
    expect(await evaluate("() => new Promise(() => {})", { timeoutMs: 500 })).toMatchObject({ status: 500 });
    expect(await evaluate("document.title")).toBe("Shop Form");
  });

  it("waits for each condition, and no longer than asked", async () => {
    const page = await harness.open("/");
    const waiting = page.act({
      kind: "wait",
      timeMs: 20,
      text: "Order form",
      textGone: "never there",
      selector: "#go",
      url: "**/",
      loadState: "load",
      fn: "() => window.ready === 1",
    });
    await page.text("void setTimeout(() => window.ready = 1, 100)");
    expect(await waiting).toMatchObject({ ok: true });
    expect(await page.act({ kind: "wait", text: "never there", timeoutMs: 500 })).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^TimeoutError: locator.waitFor: Timeout 500ms exceeded\.\nCall log:/),
    });
    for (const fn of ["false", "() => { while (true) {} }"])
      expect(await page.act({ kind: "wait", fn, timeoutMs: 500 })).toMatchObject({ status: 500 });
    expect(await page.text("1 + 1")).toBe(2);
  });

  it("waits for an address that is described, whatever the description", async () => {
    const page = await harness.open(`/two.html?${"a".repeat(3_000)}`);
    const { origin } = harness.site();
    for (const url of [
      "**/two.html*",
      `${origin}/**/two.html?*`,
      "http://*/two.html?**",
      page.tab.page.url(),
    ])
      expect(await page.act({ kind: "wait", url }), url).toMatchObject({ ok: true });
    // As a regular expression, this one would take years, and the driver with it.
    for (const url of [`**/${"*a".repeat(12)}b`, origin, "two.html"])
      expect(await page.act({ kind: "wait", url, timeoutMs: 500 }), url).toMatchObject({
        status: 500,
        error: expect.stringContaining("Timeout"),
      });
    const going = page.act({ kind: "wait", url: origin });
    await page.text("void setTimeout(() => location.assign('/'), 50)");
    expect(await going).toMatchObject({ ok: true, result: { url: `${origin}/` } });
  });

  it("reads a long function of any kind at once", async () => {
    const page = await harness.open("/");
    const fn = `1${";".repeat(250_000)}x`;
    expect(await page.act({ kind: "evaluate", fn })).toMatchObject({ status: 500 });
  });

  it("works in a page that forbids scripts to others", async () => {
    const page = await harness.open("/strict");
    expect(await page.act({ kind: "evaluate", fn: "() => document.title" })).toMatchObject({
      result: { result: "Strict" },
    });
    expect(await page.act({ kind: "wait", fn: "document.title === 'Strict'" })).toMatchObject({ ok: true });
    expect(await page.get("/snapshot", { labels: true })).toMatchObject({ result: { labelsCount: 1 } });
    expect(await page.post("/storage/local/set", { key: "k", value: "v" })).toMatchObject({ ok: true });
    const button = { kind: "evaluate", fn: "(el) => el.textContent", ref: "e1" };
    expect(await page.act(button)).toMatchObject({ result: { result: "Press" } });
  });

  it("says that the tab is gone when it is", async () => {
    const page = await harness.open("/blank");
    const waiting = page.act({ kind: "wait", text: "never there" });
    await page.tab.page.close();
    const gone = { ok: false, status: 404, error: "tab not found" };
    expect(await waiting).toMatchObject(gone);
    expect(await page.get("/snapshot")).toMatchObject(gone);
    expect(await page.post("/screenshot")).toMatchObject(gone);
  });

  it("gives back a page that hangs in its own script", async () => {
    const page = await harness.open("/");
    const hang = "() => { console.log('hangs'); while (true); }";
    await page.text(`void (document.getElementById("go").onclick = ${hang})`);
    const call = new AbortController();
    page.tab.page.on("console", () => {
      call.abort(new Error("enough"));
    });
    const clicking = page.act({ kind: "click", selector: "#go" }, { signal: call.signal });
    await expect(clicking).rejects.toThrow("enough");
    expect(await page.text("1 + 1")).toBe(2);
    expect(await page.get("/snapshot")).toMatchObject({ ok: true });
  });

  it("evaluates nothing when the owner has switched it off, not even in a batch", async () => {
    const page = await harness.open("/");
    const off = { evaluateEnabled: false };
    const click = { kind: "click", selector: "#go" };
    for (const action of [
      { kind: "evaluate", fn: "1" },
      { kind: "wait", fn: "1" },
    ]) {
      const refused = { ok: false, status: 403, code: "ACT_EVALUATE_DISABLED" };
      expect(await page.act(action, off)).toMatchObject(refused);
      const batch = { kind: "batch", actions: [click, { kind: "batch", actions: [action] }] };
      expect(await page.act(batch, off)).toMatchObject(refused);
    }
    expect(await page.text("window.clicks")).toBeUndefined();
  });

  it("ends with the call", async () => {
    const page = await harness.open("/");
    for (const body of [
      { kind: "wait", timeMs: 60_000 },
      { kind: "wait", text: "never there" },
      { kind: "wait", fn: "false" },
      { kind: "click", selector: "#none" },
      { kind: "evaluate", fn: "() => new Promise(() => {})" },
      { kind: "evaluate", fn: "() => { while (true) {} }" },
    ]) {
      const call = new AbortController();
      const acting = page.act(body, { signal: call.signal });
      setTimeout(() => {
        call.abort(new Error("enough"));
      }, 100);
      await expect(acting).rejects.toThrow("enough");
    }
    expect(await page.text("1 + 1")).toBe(2);
  });
});

function resultOf(outcome: RouteOutcome): unknown {
  return outcome.ok ? outcome.result["result"] : outcome;
}
