import { describe, expect, it } from "vitest";

import { pageHarness } from "../page.test.support.ts";

const harness = pageHarness();

const fine = { ok: true, result: { ok: true, targetId: expect.any(String) } };
const wrong = (error: string): object => ({ ok: false, status: 400, error });

describe("cookies", () => {
  it("are set, read and cleared", async () => {
    const page = await harness.open("/");
    const url = page.tab.page.url();
    expect(await page.post("/cookies/set", { cookie: { name: "a", value: "1", url } })).toEqual(fine);
    const more = {
      name: "b",
      value: "",
      domain: "127.0.0.1",
      path: "/x",
      httpOnly: "true",
      sameSite: "Strict",
      expires: "4102444800",
    };
    expect(await page.post("/cookies/set", { cookie: more })).toEqual(fine);
    const read = await page.get("/cookies");
    const cookies = (read.ok ? read.result["cookies"] : []) as { name: string }[];
    expect(cookies.toSorted((one, other) => one.name.localeCompare(other.name))).toMatchObject([
      {
        name: "a",
        value: "1",
        domain: "127.0.0.1",
        path: "/",
        expires: -1,
        httpOnly: false,
        secure: false,
        sameSite: "Lax",
      },
      { name: "b", path: "/x", httpOnly: true, sameSite: "Strict" },
    ]);
    expect(await page.post("/cookies/clear")).toEqual(fine);
    expect(await page.get("/cookies")).toMatchObject({ result: { cookies: [] } });
    for (const body of [undefined, { cookie: "a=1" }, { cookie: [] }])
      expect(await page.post("/cookies/set", body)).toEqual(wrong("cookie is required"));
    expect(await page.post("/cookies/set", { cookie: { name: "a", value: 1 } })).toMatchObject({
      status: 400,
    });
    expect(await page.post("/cookies/set", { cookie: { name: "a", value: "1" } })).toMatchObject({
      status: 400,
    });
    expect(
      await page.post("/cookies/set", { cookie: { name: "a", value: "1", url: "nowhere" } }),
    ).toMatchObject({ status: 500 });
  });
});

describe("storage", () => {
  it.each(["local", "session"])("%s is set, read and cleared", async (kind) => {
    const page = await harness.open("/");
    expect(await page.post(`/storage/${kind}/set`, { key: "k", value: " v ü" })).toEqual(fine);
    expect(await page.post(`/storage/${kind}/set`, { key: "n", value: 5 })).toEqual(fine);
    expect(await page.get(`/storage/${kind}`)).toMatchObject({ result: { values: { k: " v ü", n: "5" } } });
    expect(await page.get(`/storage/${kind}`, { key: "n" })).toMatchObject({
      result: { values: { n: "5" } },
    });
    expect(await page.get(`/storage/${kind}`, { key: "none" })).toMatchObject({ result: { values: {} } });
    expect(await page.post(`/storage/${kind}/clear`)).toEqual(fine);
    expect(await page.get(`/storage/${kind}`)).toMatchObject({ result: { values: {} } });
    expect(await page.post(`/storage/${kind}/set`, { value: "x" })).toEqual(wrong("key is required"));
    expect(await page.post(`/storage/${kind}/set`, { key: "x", value: "x".repeat(2e6) })).toMatchObject({
      status: 400,
    });
  });

  it("knows no other kind", async () => {
    const page = await harness.open("/");
    for (const path of ["/storage/foo", "/storage/constructor"])
      expect(await page.get(path)).toEqual(wrong("kind must be local|session"));
  });
});

describe("set", () => {
  it("offline, headers and credentials", async () => {
    const page = await harness.open("/");
    const fetched = (path: string): Promise<unknown> =>
      page.text(`fetch("${path}").then((a) => a.text(), () => "failed")`);
    expect(await page.post("/set/offline", { offline: 1 })).toEqual(fine);
    expect(await fetched("/data.json")).toBe("failed");
    expect(await page.post("/set/offline", { offline: false })).toEqual(fine);
    expect(await page.post("/set/headers", { headers: { "x-a": "1", "x-b": 5 } })).toEqual(fine);
    expect(await fetched("/echo")).toContain('"x-a":"1"');
    expect(await page.post("/set/headers", { headers: {} })).toEqual(fine);
    expect(await fetched("/echo")).not.toContain("x-a");
    expect(await page.post("/set/credentials", { username: "u", password: "p" })).toEqual(fine);
    expect(await fetched("/private")).toBe("let in");
    expect(await page.post("/set/credentials", { clear: true })).toEqual(fine);
    for (const headers of [
      { Host: "x" },
      { "Proxy-Authorization": "x" },
      { "a b": "x" },
      { a: "x\r\nb: y" },
      Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x-${String(index)}`, "1"])),
    ])
      expect(await page.post("/set/headers", { headers })).toMatchObject({ status: 400 });
    expect(await page.post("/set/headers", { headers: "x" })).toEqual(wrong("headers are required"));
    expect(await page.post("/set/offline", { offline: "perhaps" })).toEqual(wrong("offline is required"));
    expect(await page.post("/set/credentials", {})).toMatchObject({ status: 400 });
  });

  it("place, colors, time zone, language and device", async () => {
    const page = await harness.open("/");
    expect(await page.post("/set/geolocation", { latitude: "1", longitude: 2 })).toEqual(fine);
    expect(
      await page.text(
        "new Promise((done) => navigator.geolocation.getCurrentPosition((at) => done(at.coords.longitude), () => done('no')))",
      ),
    ).toBe(2);
    expect(await page.post("/set/geolocation", { clear: true })).toEqual(fine);
    expect(await page.post("/set/media", { colorScheme: "dark" })).toEqual(fine);
    expect(await page.text("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
    expect(await page.post("/set/media", { colorScheme: "none" })).toEqual(fine);
    expect(await page.post("/set/timezone", { timezoneId: "Europe/Paris" })).toEqual(fine);
    expect(await page.post("/set/timezone", { timezoneId: "Asia/Tokyo" })).toEqual(fine);
    expect(await page.text("Intl.DateTimeFormat().resolvedOptions().timeZone")).toBe("Asia/Tokyo");
    expect(await page.post("/set/locale", { locale: "fr-FR" })).toEqual(fine);
    expect(await page.post("/set/locale", { locale: "de-DE" })).toEqual(fine);
    expect(await page.text("(1.5).toLocaleString()")).toBe("1,5");
    expect(await page.post("/set/device", { name: "iPhone 14" })).toEqual(fine);
    expect(await page.text("navigator.userAgent")).toContain("iPhone");
    for (const [path, body, status] of [
      ["/set/geolocation", { latitude: 1 }, 400],
      ["/set/geolocation", { latitude: 1_000, longitude: 0 }, 500],
      ["/set/media", { colorScheme: "pink" }, 400],
      ["/set/timezone", {}, 400],
      ["/set/timezone", { timezoneId: "Mars/Base" }, 500],
      ["/set/locale", {}, 400],
      ["/set/locale", { locale: "no locale" }, 500],
      ["/set/device", { name: "__proto__" }, 500],
    ] as const)
      expect(await page.post(path, body), path).toMatchObject({ ok: false, status });
  });
});
