import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findBrowser } from "../browser/find-browser.ts";
import { browserProxyLimits } from "../limits.ts";
import { attachMs } from "../session/attach-browser.ts";
import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let elsewhere: BrowserContext;
let dataDir: string;
let inside: Site;
let site: Site;
let scene: Scene;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  inside = await startSite((_, answer) => {
    html(answer, "inside");
  });
  site = await startSite((incoming, answer) => {
    if (incoming.url === "/redirect") answer.writeHead(302, { location: inside.origin }).end();
    else html(answer, `<title>far</title><button>go</button>`);
  });
  const found = await findBrowser();
  if (!found.ok) throw new Error(found.sentence);
  const port = await freePort();
  dataDir = await mkdtemp(join(tmpdir(), "openclaw-elsewhere-"));
  elsewhere = await chromium.launchPersistentContext(dataDir, {
    executablePath: found.path,
    args: [`--remote-debugging-port=${String(port)}`],
  });
  scene = await startScene({
    opened: [],
    config: {
      defaultProfile: "far",
      profiles: { far: { cdpUrl: `http://127.0.0.1:${String(port)}` } },
      ssrfPolicy: { allowedHostnames: [`127.0.0.1:${String(site.port)}`, "inside.example"] },
    },
    network: {
      resolve: () => Promise.resolve(["10.0.0.1"]),
      dial: () => {
        throw new Error("nothing is dialed from here");
      },
    },
  });
});

afterAll(async () => {
  await scene.close();
  await elsewhere.close();
  await inside.close();
  await site.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const far = (method: string, path: string, body?: object): ReturnType<Scene["invoke"]> =>
  scene.invoke({ method, path, body, profile: "far" });

describe("a browser elsewhere", () => {
  it("is attached to, and its pages are driven", async () => {
    const opened = await far("POST", "/tabs/open", { url: `${site.origin}/` });
    expect(opened).toMatchObject({ ok: true, payload: { result: { title: "far", resolvedProfile: "far" } } });
    const snapshot = await far("GET", "/snapshot");
    expect(JSON.stringify(snapshot)).toContain("go");
    expect(scene.browsers.status().find(({ profile }) => profile === "far")).toMatchObject({
      running: true,
      way: "remote",
      pid: null,
      userDataDir: null,
    });
  });

  it.each(["http://other.example/", "http://10.1.2.3/", "file:///etc/passwd"])(
    "where an address leads is judged here: %s",
    async (url) => {
      expect(await far("POST", "/navigate", { url })).toMatchObject({
        ok: false,
        error: { message: expect.stringMatching(/^Error: 400: .*blocked/) },
      });
    },
  );

  it("so is where a redirect led", async () => {
    expect(await far("POST", "/navigate", { url: `${site.origin}/redirect` })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^Error: 400: .*blocked/) },
    });
  });

  it("one that does not answer is given up after the owner's time, not after ours", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const slow = await startScene({
      config: {
        defaultProfile: "far",
        profiles: { far: { cdpUrl: `http://127.0.0.1:${String(port)}` } },
        remoteCdpTimeoutMs: 200,
        remoteCdpHandshakeTimeoutMs: 300,
      },
    });
    try {
      const answer = await slow.invoke({ method: "POST", path: "/start", profile: "far", timeoutMs: 9_000 });
      expect(answer).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining("cannot be reached; check browser.profiles.far.cdpUrl") },
      });
      expect(sockets.length).toBeGreaterThan(0);
    } finally {
      await slow.close();
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it.each([
    [{}, browserProxyLimits.attachMs],
    [{ remoteCdpTimeoutMs: 700 }, 2_700],
    [{ remoteCdpTimeoutMs: 4_000 }, 12_000],
    [{ remoteCdpHandshakeTimeoutMs: 1_000 }, 2_500],
    [{ remoteCdpTimeoutMs: 10, remoteCdpHandshakeTimeoutMs: 20 }, 30],
  ])("the time to attach under %j", (times, expected) => {
    expect(attachMs(times)).toBe(expected);
  });

  it("is left, not stopped", async () => {
    expect(await far("POST", "/stop")).toMatchObject({ ok: true, payload: { result: { stopped: false } } });
    expect(scene.browsers.idle).toBe(true);
    expect(elsewhere.pages().length).toBeGreaterThan(0);
    expect(await elsewhere.pages()[0]?.evaluate(() => 1)).toBe(1);
  });
});
