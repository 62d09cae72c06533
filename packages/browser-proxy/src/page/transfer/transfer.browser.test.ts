import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { pageHarness } from "../page.test.support.ts";
import type { OpenedPage } from "../page.test.support.ts";

const harness = pageHarness();

async function refOf(page: OpenedPage, name: string): Promise<string> {
  const outcome = await page.get("/snapshot", { mode: "efficient" });
  if (!outcome.ok) throw new Error(outcome.error);
  const refs = outcome.result["refs"] as Record<string, { name?: string }>;
  return Object.keys(refs).find((ref) => refs[ref]?.name === name) ?? "none";
}

const upload = (name: string, text = "content"): string => {
  mkdirSync(harness.uploads(), { recursive: true, mode: 0o700 });
  writeFileSync(join(harness.uploads(), name), text);
  return join(harness.uploads(), name);
};

const saved = (outcome: RouteOutcome): string => {
  if (!outcome.ok) throw new Error(outcome.error);
  return (outcome.result["download"] as { path: string }).path;
};

describe("dialogs", () => {
  it("the next one is answered as armed, others are dismissed", async () => {
    const page = await harness.open("/");
    const ref = await refOf(page, "Ask");
    expect(await page.post("/hooks/dialog", { accept: "yes" })).toEqual({ ok: true, result: { ok: true } });
    await page.act({ kind: "click", ref });
    expect(await page.text("out.textContent")).toBe("confirm=true");
    await page.act({ kind: "click", ref }, { era: "2026.2" });
    expect(await page.text("out.textContent")).toBe("confirm=false");
    await page.post("/hooks/dialog", { accept: true, promptText: "me ü" });
    expect(await page.act({ kind: "evaluate", fn: "prompt('who?')" })).toMatchObject({
      result: { result: "me ü" },
    });
    for (const body of [{}, { accept: "maybe" }, undefined])
      expect(await page.post("/hooks/dialog", body)).toMatchObject({
        status: 400,
        error: "accept is required",
      });
  });
});

describe("uploads", () => {
  it("by the button, by the input, and for the next chooser", async () => {
    const page = await harness.open("/");
    const paths = [upload("up.txt"), upload("zwei ü.txt")];
    const ref = await refOf(page, "Upload");
    for (const how of [{ ref }, { inputRef: ref }, { element: "#file" }]) {
      await page.text("out.textContent = ''");
      if (!("ref" in how)) await page.text("file.removeAttribute('multiple')");
      const given = "ref" in how ? paths.slice(0, 1) : paths.slice(1);
      expect(await page.post("/hooks/file-chooser", { paths: given, ...how })).toEqual({
        ok: true,
        result: { ok: true },
      });
      expect(await page.text("out.textContent")).toBe("ref" in how ? "file up.txt" : "file zwei ü.txt");
    }
    await page.text("file.multiple = true");
    await page.post("/hooks/file-chooser", { paths });
    await page.act({ kind: "click", ref });
    await page.act({ kind: "wait", text: "file up.txt,zwei ü.txt" });
  });

  it("nothing from elsewhere, and nothing by halves", async () => {
    const page = await harness.open("/");
    const good = upload("good.txt");
    for (const paths of [["/etc/hostname"], [good, "../x"], [good, "missing"]])
      expect(await page.post("/hooks/file-chooser", { paths, element: "#file" })).toMatchObject({
        ok: false,
        status: 400,
        error: expect.stringMatching(/^Invalid path: /),
      });
    expect(await page.text("file.files.length")).toBe(0);
    expect(
      await page.post("/hooks/file-chooser", { paths: [good], ref: "e1", element: "#file" }),
    ).toMatchObject({ status: 400 });
    for (const body of [{}, { paths: "x" }, { paths: [""] }])
      expect(await page.post("/hooks/file-chooser", body)).toMatchObject({
        status: 400,
        error: "paths are required",
      });
  });
});

describe("downloads", () => {
  it("by a click, and for who waits", async () => {
    const page = await harness.open("/");
    const ref = await refOf(page, "Download file");
    const clicked = await page.post("/download", { ref, path: "in/dl.bin" });
    expect(clicked).toMatchObject({
      result: {
        targetId: page.tab.targetId,
        download: {
          url: `${harness.site().origin}/file.bin`,
          suggestedFilename: "file.bin",
          path: join(harness.downloads(), "in/dl.bin"),
        },
      },
    });
    expect(readFileSync(saved(clicked))).toEqual(Buffer.alloc(2_000, 7));
    const waiting = page.post("/wait/download", {});
    await page.act({ kind: "click", ref });
    expect(saved(await waiting)).toMatch(/-file\.bin$/);
    const older = page.post("/wait/download", { timeoutMs: 5_000 });
    const newer = page.post("/wait/download", { timeoutMs: 500 });
    expect(await older).toMatchObject({ status: 500, error: expect.stringContaining("superseded") });
    expect(await newer).toMatchObject({ status: 500, error: expect.stringContaining("500 ms") });
  });

  it("nowhere else", async () => {
    const page = await harness.open("/");
    const ref = await refOf(page, "Download file");
    for (const path of ["/etc/x", "../x"])
      expect(await page.post("/download", { ref, path })).toMatchObject({
        status: 400,
        error: "Invalid path: must stay within downloads directory",
      });
    expect(await page.post("/wait/download", { path: "../x" })).toMatchObject({ status: 400 });
    expect(await page.post("/download", { ref })).toMatchObject({ status: 400, error: "path is required" });
    expect(await page.post("/download", { path: "x" })).toMatchObject({
      status: 400,
      error: "ref is required",
    });
  });
});

describe("traces", () => {
  it("are one at a time, and stay in their place", async () => {
    const page = await harness.open("/");
    expect(await page.post("/trace/stop")).toMatchObject({ status: 500 });
    expect(await page.post("/trace/start", { sources: false })).toMatchObject({ ok: true });
    expect(await page.post("/trace/start")).toMatchObject({
      status: 500,
      error: expect.stringContaining("already running"),
    });
    await page.act({ kind: "click", selector: "#go" });
    expect(await page.post("/trace/stop", { path: "../t.zip" })).toMatchObject({ status: 400 });
    const stopped = await page.post("/trace/stop");
    expect(stopped).toMatchObject({ ok: true });
    const path = stopped.ok ? String(stopped.result["path"]) : "";
    expect(readFileSync(path).subarray(0, 2).toString()).toBe("PK");
    expect(path.startsWith(harness.downloads())).toBe(true);
    expect(await page.post("/trace/start")).toMatchObject({ ok: true });
    expect(await page.post("/trace/stop", { path: "named.zip" })).toMatchObject({
      result: { path: join(harness.downloads(), "named.zip") },
    });
  });
});
