import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { pageHarness } from "../page.test.support.ts";
import { pictureSize } from "./picture-size.ts";

const harness = pageHarness();

function file(outcome: RouteOutcome, key = "path"): { readonly path: string; readonly bytes: Buffer } {
  if (!outcome.ok) throw new Error(outcome.error);
  const path = String(outcome.result[key]);
  return { path, bytes: readFileSync(path) };
}

describe("POST /screenshot", () => {
  it("shows the viewport, the page, or an element", async () => {
    const page = await harness.open("/pieces");
    await page.act({ kind: "resize", width: 800, height: 600 });
    const view = file(await page.post("/screenshot", {}));
    expect(view.path).toMatch(/\.png$/);
    expect(pictureSize(view.bytes)).toEqual({ width: 800, height: 600 });
    const whole = file(await page.post("/screenshot", { fullPage: "true", type: "jpeg" }));
    expect(whole.path).toMatch(/\.jpg$/);
    expect(pictureSize(whole.bytes)?.height).toBe(2_000);
    expect(pictureSize(file(await page.post("/screenshot", { element: "#c" })).bytes)).toEqual({
      width: 50,
      height: 50,
    });
    await page.get("/snapshot", { selector: "#far" });
    const far = pictureSize(file(await page.post("/screenshot", { ref: "e1" })).bytes);
    expect(far?.width).toBeLessThan(200);
    expect(await page.post("/screenshot", { fullPage: true, ref: "e1" })).toMatchObject({ status: 400 });
    expect(await page.post("/screenshot", { ref: "e99" })).toMatchObject({
      error: expect.stringContaining("new snapshot"),
    });
    expect(await page.post("/screenshot", { element: "button" })).toMatchObject({
      error: expect.stringContaining("matched"),
    });
  });

  it("stays within its limits whatever the page's size", async () => {
    const page = await harness.open("/tall");
    const { bytes } = file(await page.post("/screenshot", { fullPage: true }));
    const size = pictureSize(bytes);
    expect(Math.max(size?.width ?? 0, size?.height ?? 0)).toBeLessThanOrEqual(2_000);
    // Noise that no PNG makes smaller.
    await page.text(`(() => {
      document.body.innerHTML = "<canvas width=1900 height=1900></canvas>";
      const pen = document.querySelector("canvas").getContext("2d");
      const data = pen.createImageData(1900, 1900);
      for (let i = 0; i < data.data.length; i++) data.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
      pen.putImageData(data, 0, 0);
    })()`);
    const noise = file(await page.post("/screenshot", { fullPage: true }));
    expect(noise.path).toMatch(/\.jpg$/);
    expect(noise.bytes.length).toBeLessThanOrEqual(5 * 1024 * 1024);
  });

  it("works in a page that has never painted, on a phone's screen, and after a resize", async () => {
    const page = await harness.open("/blank");
    expect(await page.post("/set/device", { name: "iPhone 14" })).toMatchObject({ ok: true });
    expect(await page.text("[innerWidth, devicePixelRatio]")).toEqual([390, 3]);
    const { bytes } = file(await page.post("/screenshot", {}));
    expect(pictureSize(bytes)?.width).toBe(390 * 3);
    await page.act({ kind: "resize", width: 500, height: 500 });
    expect(await page.post("/screenshot", {})).toMatchObject({ ok: true });
  });
});

describe("other pictures", () => {
  it("a PDF, a highlight, labels", async () => {
    const page = await harness.open("/");
    expect(
      file(await page.post("/pdf"))
        .bytes.subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
    const shot = await page.get("/snapshot", { labels: true });
    expect(shot).toMatchObject({
      ok: true,
      result: {
        labels: true,
        labelsCount: 13,
        labelsSkipped: 2,
        imageType: "png",
        annotations: expect.any(Array),
      },
    });
    expect(pictureSize(file(shot, "imagePath").bytes)?.width).toBeGreaterThan(500);
    expect(await page.text("document.getElementById('openclaw-labels')")).toBeNull();
    expect(await page.post("/highlight", { ref: "e3" })).toMatchObject({ ok: true });
    expect(await page.post("/highlight", {})).toMatchObject({ status: 400, error: "ref is required" });
    expect(await page.post("/highlight", { ref: "e99" })).toMatchObject({ status: 500 });
  });
});

describe("pictureSize", () => {
  it("reads nothing from what is no picture", () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("ffd8", "hex"),
      Buffer.from("ffd8ffe0ffff", "hex"),
      Buffer.alloc(40),
    ])
      expect(pictureSize(bytes)).toBeUndefined();
  });
});
