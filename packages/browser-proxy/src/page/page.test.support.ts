import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

import { readReachPolicy } from "../address/reach-policy.ts";
import type { BrowserEra, RouteOutcome } from "../answer/route-outcome.ts";
import { parseBrowserCall } from "../browser-call.ts";
import { admitBrowserCall } from "../call-policy.ts";
import { placedPath } from "../files/placed-path.ts";
import { readUploads } from "../files/read-upload.ts";
import { writeDownload } from "../files/download-file.ts";
import type { Artifacts } from "../session/artifacts.ts";
import { newTabMemory } from "../session/tab.ts";
import type { Tab } from "../session/tab.ts";
import { watchContext } from "../session/watch-context.ts";
import { watchPage } from "../session/watch-page.ts";
import type { PageContext } from "./page-route.ts";
import { pageRoutes } from "./page-routes.ts";
import { startSite } from "./site.test.support.ts";
import type { Site } from "./site.test.support.ts";

export interface Ask {
  readonly era?: BrowserEra;
  readonly evaluateEnabled?: boolean;
  readonly signal?: AbortSignal;
}

export interface OpenedPage {
  readonly tab: Tab;
  readonly context: PageContext;
  readonly get: (path: string, query?: Record<string, unknown>, ask?: Ask) => Promise<RouteOutcome>;
  readonly post: (path: string, body?: unknown, ask?: Ask) => Promise<RouteOutcome>;
  /** `POST /act` */
  readonly act: (body: unknown, ask?: Ask) => Promise<RouteOutcome>;
  readonly text: (expression: string) => Promise<unknown>;
}

export interface Harness {
  readonly site: () => Site;
  /** A new tab in a browser context of its own. */
  readonly open: (path: string) => Promise<OpenedPage>;
  readonly uploads: () => string;
  readonly downloads: () => string;
}

/** One browser and one site for a test file. */
export function pageHarness(): Harness {
  let browser: Browser | undefined;
  let site: Site | undefined;
  let root = "";
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "page-routes-"));
    site = await startSite();
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    rmSync(root, { recursive: true, force: true });
  });
  const running = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("the harness has not started");
    return part;
  };
  return {
    site: () => running(site),
    uploads: () => join(root, "uploads"),
    downloads: () => join(root, "downloads"),
    open: (path) => openPage(running(browser), `${running(site).origin}${path}`, root),
  };
}

async function openPage(browser: Browser, url: string, root: string): Promise<OpenedPage> {
  const browserContext = await browser.newContext();
  const page = await browserContext.newPage();
  const memory = newTabMemory(Date.now);
  watchContext(browserContext, { memoryOf: () => memory, now: Date.now });
  watchPage(page, { memory, onLost: () => undefined, onDownload: () => undefined });
  const cdp = await browserContext.newCDPSession(page);
  const { targetInfo } = await cdp.send("Target.getTargetInfo");
  const tab: Tab = { page, targetId: targetInfo.targetId, tabId: "t1", cdp, ...memory };
  await page.goto(url);
  const contextFor = (ask: Ask): PageContext => ({
    page,
    browserContext,
    tab,
    profile: "openclaw",
    era: ask.era ?? "2026.9",
    signal: ask.signal ?? new AbortController().signal,
    artifacts: testArtifacts(root),
    evaluateEnabled: ask.evaluateEnabled ?? true,
    reach: readReachPolicy({}),
    cdp: () => Promise.resolve(cdp),
  });
  const call = (params: object, ask: Ask = {}): Promise<RouteOutcome> => {
    const parsed = parseBrowserCall(params);
    if (!parsed.ok) throw parsed.error;
    const policy = {
      proxyEnabled: true,
      browserEnabled: true,
      allowProfiles: [],
      defaultProfile: "openclaw",
    };
    const admitted = admitBrowserCall(parsed.call, policy);
    if (!admitted.ok) throw admitted.error;
    const { method, pattern } = admitted.match.route;
    const route = pageRoutes[`${method} ${pattern}`];
    if (route === undefined) throw new Error(`no route ${method} ${pattern}`);
    return route(contextFor(ask), { call: parsed.call, admitted });
  };
  return {
    tab,
    context: contextFor({}),
    get: (path, query = {}, ask) => call({ method: "GET", path, query }, ask),
    post: (path, body, ask) => call({ method: "POST", path, body }, ask),
    act: (body, ask) => call({ method: "POST", path: "/act", body }, ask),
    text: (expression) => page.evaluate(expression),
  };
}

/** As in the driver, with all places below one directory. */
function testArtifacts(root: string): Artifacts {
  let serial = 0;
  const failed = (error: string): RouteOutcome & { ok: false } => ({ ok: false, status: 400, error });
  const save = async (
    content: AsyncIterable<Uint8Array>,
    path: string | undefined,
    suggestedName: string,
  ): Promise<{ ok: true; path: string } | (RouteOutcome & { ok: false })> => {
    const written = await writeDownload({ root: join(root, "downloads"), path, suggestedName }, content);
    return written.ok ? { ok: true, path: written.path } : failed(written.routeError);
  };
  return {
    readUploads: async (paths) => {
      const read = await readUploads(paths, join(root, "uploads"));
      if (!read.ok) return failed(read.routeError);
      const files = read.files.map(({ name, bytes }) => ({ name, buffer: bytes, mimeType: "text/plain" }));
      return { ok: true, files };
    },
    saveMedia: (bytes, extension) => {
      const path = join(root, `media-${String((serial += 1))}-${String(Date.now())}.${extension}`);
      writeFileSync(path, bytes);
      return Promise.resolve({ ok: true, path });
    },
    judgeDownloadPath: (path) => {
      const isInside = placedPath(path, [join(root, "downloads")], "posix") !== undefined;
      return Promise.resolve(
        isInside ? undefined : failed("Invalid path: must stay within downloads directory"),
      );
    },
    saveDownload: async (download, path) =>
      save(await download.createReadStream(), path, download.suggestedFilename()),
    saveBytes: (bytes, path, name) => save(one(bytes), path, name),
    scratchPath: (extension) => Promise.resolve(join(root, `scratch-${String((serial += 1))}.${extension}`)),
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
