import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { html, startSite } from "../driver/driver.test.support.ts";
import type { Site } from "../driver/driver.test.support.ts";
import { startSession } from "./session.test.support.ts";
import type { SessionScene } from "./session.test.support.ts";
import { TabList } from "./tab-list.ts";
import type { Tab } from "./tab.ts";

let site: Site;
let scene: SessionScene;
let page: Page;
let tab: Tab;

beforeAll(async () => {
  site = await startSite((incoming, answer) => {
    const url = incoming.url ?? "";
    if (url.startsWith("/file")) {
      answer.setHeader("content-disposition", 'attachment; filename="../bericht über.txt"');
      answer.end(`content of ${url}`);
    } else if (url === "/missing") answer.writeHead(404).end();
    else
      html(
        answer,
        `<title>t</title><a id=d href=/file1>d</a><a id=e href=/file2>e</a><input id=u type=file>
         <a id=p target=_blank href=/popup>p</a><script>console.log("from " + location.pathname)</script>`,
      );
  });
  scene = await startSession([`127.0.0.1:${String(site.port)}`]);
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

beforeEach(async () => {
  page = await scene.session.newPage();
  const found = await scene.session.tabs.of(page);
  if (found === undefined) throw new Error("the page has no tab");
  tab = found;
  await page.goto(site.origin);
});

afterEach(() => page.close());

describe("what a page does is kept", () => {
  it("console, errors and requests, in the shapes of their routes", async () => {
    await page.evaluate(() => {
      console.warn("x".repeat(20_000));
      setTimeout(() => {
        throw new TypeError("late");
      });
      return fetch("/missing").then(() => fetch("http://127.0.0.1:1/").catch(() => 0));
    });
    await expect.poll(() => tab.errors.entries).toHaveLength(1);
    expect(tab.console.entries[0]).toMatchObject({ type: "log", text: "from /" });
    expect(tab.console.entries.find(({ type }) => type === "warning")?.text).toHaveLength(8 * 1024 + 1);
    expect(tab.errors.entries[0]).toMatchObject({ message: "late", name: "TypeError" });
    expect(tab.requests.entries[0]).toMatchObject({
      id: "r1",
      method: "GET",
      url: `${site.origin}/`,
      resourceType: "document",
      status: 200,
      ok: true,
    });
    expect(tab.requests.entries.find(({ url }) => url.endsWith("/missing"))).toMatchObject({ status: 404 });
  });

  it("a popup is a tab of its own, watched from its first line on", async () => {
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.click("#p")]);
    const its = await scene.session.tabs.of(popup);
    await popup.waitForLoadState();
    expect(its?.targetId).toMatch(/^[0-9A-F]{32}$/);
    await expect.poll(() => its?.console.entries.map(({ text }) => text)).toEqual(["from /popup"]);
    await popup.close();
    expect((await scene.session.tabs.all()).includes(its as Tab)).toBe(false);
  });

  it("a page that crashes loses its tab, and only its own", async () => {
    const other = await scene.session.newPage();
    const gone = await scene.session.tabs.of(other);
    await gone?.cdp.send("Page.crash").catch(() => undefined);
    await expect.poll(() => scene.session.tabs.present.includes(gone as Tab)).toBe(false);
    expect(await page.evaluate(() => 1)).toBe(1);
    expect(scene.log.join()).toContain("a page has crashed");
  });
});

describe("what a page asks of a person", () => {
  const asks = (script: string): Promise<unknown> => page.evaluate(script);

  it("dialogs are dismissed unless the next one was armed", async () => {
    expect(await asks("confirm('sure?')")).toBe(false);
    tab.dialogs.arm({ accept: true, promptText: "no", timeoutMs: 5_000 });
    tab.dialogs.arm({ accept: true, promptText: "fünf", timeoutMs: 5_000 });
    expect(await asks("prompt('how many?')")).toBe("fünf");
    expect(tab.dialogs.seen.recent.at(-1)).toEqual({
      id: "d2",
      type: "prompt",
      message: "how many?",
      defaultValue: "",
      openedAt: expect.any(String),
      closedAt: expect.any(String),
      closedBy: "armed",
    });
    expect(await asks("prompt('again?')")).toBe(null);
    tab.dialogs.arm({ accept: true, promptText: undefined, timeoutMs: 0 });
    expect(await asks("confirm('late?')")).toBe(false);
  });

  it("a file chooser gets the files that were armed for it, and the next one none", async () => {
    await writeFile(join(scene.uploadsDir, "a.txt"), "upload");
    const read = await scene.session.artifacts.readUploads(["a.txt"]);
    if (!read.ok) throw new Error(read.error);
    tab.choosers.arm({ files: read.files, timeoutMs: 5_000 });
    await page.click("#u");
    const text = "Promise.all([...document.querySelector('#u').files].map((f) => f.text()))";
    await expect.poll(() => asks(text)).toEqual(["upload"]);
    const outside = await scene.session.artifacts.readUploads(["../../etc/passwd"]);
    expect(outside).toMatchObject({ ok: false, status: 400 });
  });
});

describe("downloads", () => {
  const never = new AbortController().signal;

  it("go to who waits, into our directory only, under a name that is safe", async () => {
    const waiting = tab.downloads.next({ signal: never, fresh: true });
    await page.click("#d");
    const download = await waiting;
    if (typeof download === "string") throw new Error(download);
    const saved = await scene.session.artifacts.saveDownload(download, undefined, never);
    if (!saved.ok) throw new Error(saved.error);
    expect(saved.path).toContain(`${scene.downloadsDir}/`);
    expect(saved.path).not.toContain("..");
    expect(await readFile(saved.path, "utf8")).toBe("content of /file1");
  });

  it("one that nobody waits for is kept for the next question, and replaced by a newer one", async () => {
    await Promise.all([page.waitForEvent("download"), page.click("#d")]);
    await Promise.all([page.waitForEvent("download"), page.click("#e")]);
    const kept = await tab.downloads.next({ signal: never, fresh: false });
    expect(typeof kept === "string" ? kept : kept.url()).toBe(`${site.origin}/file2`);
    const older = tab.downloads.next({ signal: never, fresh: true });
    const newer = tab.downloads.next({ signal: AbortSignal.abort(), fresh: true });
    expect(await Promise.all([older, newer])).toEqual(["superseded", "aborted"]);
    const escaped =
      typeof kept === "string" ? undefined : scene.session.artifacts.saveDownload(kept, "../x", never);
    expect(await escaped).toMatchObject({ ok: false, status: 400 });
    expect(await scene.session.artifacts.judgeDownloadPath("../../x")).toMatchObject({ status: 400 });
    await expect
      .poll(() =>
        readdir(join(scene.stateDir, "browser", "openclaw", "scratch")).then((names) => names.length),
      )
      .toBeLessThan(3);
  });
});

describe("addresses that no page may have", () => {
  it.each([
    "file:///etc/passwd",
    "chrome://version",
    "view-source:http://example.com/",
    "devtools://devtools/x",
  ])("the browser itself blocks %s, whoever asks", async (url) => {
    await expect(page.goto(url)).rejects.toThrow("ERR_BLOCKED_BY_ADMINISTRATOR");
  });
});

describe("too many tabs", () => {
  it("a page that opens one after the other keeps as many as there may be", async () => {
    const log: string[] = [];
    const { context } = scene.session;
    const maxTabs = context.pages().length + 2;
    const onLog = (sentence: string): unknown => log.push(sentence);
    const tabs = new TabList(context, { now: Date.now, onLog, onDownload: () => undefined, maxTabs });
    const popups: Page[] = [];
    for (let count = 0; count < 4; count += 1)
      popups.push((await Promise.all([page.waitForEvent("popup"), page.click("#p")]))[0]);
    await expect.poll(() => context.pages().length).toBe(maxTabs);
    expect(popups.map((popup) => popup.isClosed())).toEqual([false, false, true, true]);
    expect(await tabs.all()).toHaveLength(maxTabs);
    expect(log).toContain("a page opened too many tabs; the newest one is closed");
  });
});
