import { describe, expect, it } from "vitest";

import { pageHarness } from "./page.test.support.ts";

const harness = pageHarness();

describe("the text of a page", () => {
  it("is what is shown: of the page, its article, or an element that is named", async () => {
    const page = await harness.open("/two.html");
    const fine = { ok: true, targetId: page.tab.targetId, url: page.tab.page.url(), truncated: false };
    expect(await page.get("/text")).toEqual({ ok: true, result: { ...fine, text: "Second\nBack" } });
    await page.text(
      "document.body.append(Object.assign(document.createElement('main'), { innerText: 'M' }))",
    );
    expect(await page.get("/text")).toMatchObject({ result: { text: "M" } });
    await page.text(
      "document.body.append(Object.assign(document.createElement('article'), { innerText: 'Ä' }))",
    );
    expect(await page.get("/text")).toMatchObject({ result: { text: "Ä" } });
    expect(await page.get("/text", { selector: "h1" })).toMatchObject({ result: { text: "Second" } });
  });

  it("is cut where it is asked to be, and never in a character", async () => {
    const page = await harness.open("/blank");
    await page.text("document.body.innerText = '😀'.repeat(50_000)");
    const all = await page.get("/text", { maxChars: "100000000" });
    expect(all).toMatchObject({ result: { text: "😀".repeat(40_000), truncated: true } });
    expect(await page.get("/text", { maxChars: "3" })).toMatchObject({
      result: { text: "😀", truncated: true },
    });
    expect(await page.get("/text", { maxChars: 100_000 })).toMatchObject({ ok: true });
  });

  const refusals: readonly (readonly [Readonly<Record<string, string>>, number, unknown])[] = [
    [{ maxChars: "0" }, 400, "maxChars must be a positive integer."],
    [{ maxChars: "1.5" }, 400, "maxChars must be a positive integer."],
    [{ maxChars: "1e3" }, 400, "maxChars must be a positive integer."],
    [{ selector: ".none" }, 404, "no element matches the selector; take a new snapshot, or leave it out"],
    [{ selector: "]" }, 500, expect.stringContaining("is not a valid selector")],
    [{ selector: "x".repeat(9_000) }, 400, expect.stringContaining("selector is over its limit")],
  ];

  it("is refused with the reason", async () => {
    const page = await harness.open("/two.html");
    for (const [query, status, error] of refusals)
      expect(await page.get("/text", query), JSON.stringify(query)).toMatchObject({
        ok: false,
        status,
        error,
      });
  });
});

describe("links of a snapshot", () => {
  it("stand at its end when they are asked for, by a newer Gateway", async () => {
    const page = await harness.open("/");
    const { origin } = harness.site();
    const links = `\n\nLinks:\n1. Second page -> ${origin}/two.html\n2. Download file -> ${origin}/file.bin`;
    for (const query of [{}, { mode: "efficient" }, { refs: "aria", interactive: true }]) {
      const without = await page.get("/snapshot", query);
      const plain = without.ok ? String(without.result["snapshot"]) : "failed";
      expect(plain).not.toContain("Links:");
      expect(await page.get("/snapshot", { ...query, urls: "true" })).toMatchObject({
        result: { snapshot: `${plain}${links}` },
      });
    }
    const old = await page.get("/snapshot", { urls: true }, { era: "2026.2" });
    expect(JSON.stringify(old)).not.toContain("Links:");
  });

  it("stay within the limit, each once, none that is no page, and no more than there may be", async () => {
    const page = await harness.open("/blank");
    await page.text(`document.body.innerHTML = '<a href="mailto:a@b">m</a><a href="javascript:1">j</a>'
      + '<a href="/a">one [ref=e99]</a><a href="/a">two</a>' + Array.from({ length: 300 }, (_, i) => '<a href="/' + i + '"></a>').join("")`);
    const whole = await page.get("/snapshot", { urls: true });
    const text = whole.ok ? String(whole.result["snapshot"]) : "";
    const lines = text.slice(text.indexOf("Links:")).split("\n").slice(1);
    const { origin } = harness.site();
    expect(lines).toHaveLength(100);
    expect(lines[0]).toBe(`1. one [ref=e99] -> ${origin}/a`);
    expect(lines[1]).toBe(`2. ${origin}/0 -> ${origin}/0`);
    expect(whole).not.toMatchObject({ result: { refs: { e99: expect.anything() } } });
    const maxChars = text.indexOf("Links:") + 100;
    const short = await page.get("/snapshot", { urls: true, maxChars });
    const cut = short.ok ? String(short.result["snapshot"]) : "";
    expect(cut).toContain(`1. one [ref=e99] -> ${origin}/a`);
    expect(cut.length).toBeLessThanOrEqual(maxChars);
  });
});

describe("many cookies", () => {
  const cookie = (name: string, more: object = {}): object => ({
    name,
    value: "1",
    domain: "127.0.0.1",
    ...more,
  });

  it("are set in one call, and one that the browser refuses does not keep out the others", async () => {
    const page = await harness.open("/");
    const { targetId } = page.tab;
    const cookies = Array.from({ length: 500 }, (_, index) => cookie(`c${String(index)}`));
    const fine = (added: number): object => ({ ok: true, result: { ok: true, targetId, added } });
    expect(await page.post("/cookies/set-many", { cookies: cookies.slice(0, 100) })).toEqual(fine(100));
    const mixed = [cookie("a"), { name: "b", value: "1", url: "nowhere" }, cookie("c")];
    expect(await page.post("/cookies/set-many", { cookies: mixed })).toEqual(fine(2));
    const read = await page.get("/cookies");
    const names = read.ok ? (read.result["cookies"] as { name: string }[]).map(({ name }) => name) : [];
    expect(names).toEqual(expect.arrayContaining(["c99", "a", "c"]));
    expect(names).not.toContain("b");
  });

  const refusals: readonly (readonly [unknown, string])[] = [
    [undefined, "cookies must be a non-empty array"],
    [{}, "cookies must be a non-empty array"],
    [[], "cookies must be a non-empty array"],
    [[cookie("a"), "b"], "cookies must contain only cookie objects"],
    [[cookie("a"), []], "cookies must contain only cookie objects"],
    [[cookie("a"), { name: "b" }], "cookie name and value are required"],
    [Array.from({ length: 2_001 }, () => cookie("a")), "cookies is over its limit of 2000"],
  ];

  it("are refused as a whole when one of them is none", async () => {
    const page = await harness.open("/");
    for (const [cookies, error] of refusals)
      expect(await page.post("/cookies/set-many", { cookies })).toEqual({ ok: false, status: 400, error });
    expect(await page.get("/cookies")).toMatchObject({ result: { cookies: [] } });
  });
});

describe("permissions", () => {
  const origin = "https://app.example/page?x";

  it("are granted to one origin", async () => {
    const page = await harness.open("/");
    const at = { origin: harness.site().origin };
    const permissions = ["geolocation", "sensors", "geolocation"];
    const optionalPermissions = ["speakerSelection"];
    expect(await page.post("/permissions/grant", { ...at, permissions, optionalPermissions })).toMatchObject({
      ok: false,
      status: 400,
      reason: "navigation_blocked",
    });
    expect(await page.post("/permissions/grant", { origin, permissions, optionalPermissions })).toEqual({
      ok: true,
      result: {
        ok: true,
        origin: "https://app.example",
        grantedPermissions: ["geolocation", "sensors"],
        unsupportedPermissions: ["speakerSelection"],
        grantMethod: "playwright",
      },
    });
  });

  it("tell no page where this machine is, but a place that was set", async () => {
    const page = await harness.open("/");
    const grant = { origin, permissions: ["geolocation"] };
    // Opened for the browser by name only: the route refuses to grant anything to this site.
    const tell = async (): Promise<unknown> => {
      expect(await page.post("/permissions/grant", grant)).toMatchObject({ ok: true });
      await page.tab.page.context().grantPermissions(["geolocation"]);
      return page.text(
        "new Promise((done) => navigator.geolocation.getCurrentPosition(({ coords }) => done([coords.latitude, coords.longitude]), () => done('no')))",
      );
    };
    expect(await tell()).toEqual([0, 0]);
    expect(await page.post("/set/geolocation", { latitude: 1, longitude: 2 })).toMatchObject({ ok: true });
    expect(await tell()).toEqual([1, 2]);
    expect(await page.post("/set/geolocation", { clear: true })).toMatchObject({ ok: true });
    expect(await tell()).toEqual([0, 0]);
  });

  const refusals: readonly (readonly [object, number, unknown])[] = [
    [{ permissions: ["geolocation"] }, 400, "origin must be an http(s) origin"],
    [{ origin: "file:///etc", permissions: ["geolocation"] }, 400, "origin must be an http(s) origin"],
    [{ origin: "nowhere", permissions: ["geolocation"] }, 400, "origin must be an http(s) origin"],
    [{ origin }, 400, "permissions must be a non-empty string array"],
    [{ origin, permissions: "geolocation" }, 400, "permissions must be a non-empty string array"],
    [{ origin, permissions: [] }, 400, "permissions must be a non-empty string array"],
    [
      { origin, permissions: ["geolocation", "audioCapture"] },
      403,
      expect.stringContaining("`audioCapture`"),
    ],
    [{ origin, permissions: ["localNetworkAccess"] }, 403, expect.stringContaining("it grants background")],
  ];

  it("are refused with the reason", async () => {
    const page = await harness.open("/");
    for (const [body, status, error] of refusals)
      expect(await page.post("/permissions/grant", body), JSON.stringify(body)).toMatchObject({
        ok: false,
        status,
        error,
      });
  });
});
