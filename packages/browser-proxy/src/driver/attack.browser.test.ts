import { createSocket } from "node:dgram";
import { once } from "node:events";
import { get } from "node:http";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { systemNetwork } from "../egress/reach-host.ts";
import { attackingWorker, attackPages, ownPages } from "./attack-pages.test.support.ts";
import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

const datagrams: number[] = [];
const udp = createSocket("udp4").on("message", (message) => datagrams.push(message.length));
let canary: Site;
let site: Site;
let scene: Scene;
let rebinds = 0;

beforeAll(async () => {
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  canary = await startSite((_, answer) => {
    answer.setHeader("access-control-allow-origin", "*");
    answer.end("CANARY");
  });
  const pages = attackPages(canary.port, udp.address().port);
  site = await startSite((incoming, answer) => {
    const url = incoming.url ?? "";
    const to = { "/chain": "/chain2", "/chain2": "/chain3", "/chain3": `${canary.origin}/chained` }[url];
    if (to !== undefined) {
      answer.writeHead(302, { location: to }).end();
    } else if (url === "/to-file") {
      answer.writeHead(302, { location: "file:///etc/passwd" }).end();
    } else if (url.startsWith("/to-own-")) {
      answer.writeHead(302, { location: ownPages[Number(url.slice(8))] }).end();
    } else if (url === "/service.js") {
      answer.setHeader("content-type", "text/javascript");
      answer.end(attackingWorker(canary.port));
    } else html(answer, pages[url.slice(1)] ?? `<title>site ${url}</title>site`);
  });
  scene = await startScene({
    // Popups without a click are part of the attack.
    config: {
      noSandbox: true,
      ssrfPolicy: { allowedHostnames: [`127.0.0.1:${String(site.port)}`] },
      extraArgs: ["--disable-popup-blocking"],
    },
    network: {
      resolve: (name) => {
        if (name === "inside.example") return Promise.resolve(["127.0.0.1"]);
        if (name === "rebind.example")
          return Promise.resolve([(rebinds += 1) === 1 ? "93.184.216.34" : "127.0.0.1"]);
        return Promise.reject(new Error("ENOTFOUND"));
      },
      dial: (address, port) =>
        address === "93.184.216.34"
          ? systemNetwork.dial("127.0.0.1", site.port)
          : systemNetwork.dial(address, port),
    },
  });
});

afterAll(async () => {
  await scene.close();
  await site.close();
  await canary.close();
  udp.close();
});

describe("pages that attack", () => {
  it("an answer of the name service that changes is judged again", async () => {
    const url = `http://rebind.example:${String(canary.port)}/`;
    expect(await scene.result("POST", "/tabs/open", { url })).toMatchObject({ url });
    const second = await scene.invoke({ method: "POST", path: "/tabs/open", body: { url } });
    expect(second).toMatchObject({
      ok: false,
      error: { message: "Error: 400: browser navigation blocked by policy" },
    });
  });

  it.each(["/chain", "/to-file", "/to-own-0", "/to-own-1", "/to-own-2"])(
    "a redirect out of bounds is refused: %s",
    async (path) => {
      const call = { method: "POST", path: "/navigate", body: { url: `${site.origin}${path}` } };
      const answer = await scene.invoke({ ...call, errorEnvelope: "browser-v1" });
      expect(answer).toMatchObject({
        ok: true,
        payload: { error: { status: path === "/chain" ? 400 : 500 } },
      });
      const { tabs } = await scene.result("GET", "/tabs");
      expect(JSON.stringify(tabs)).not.toMatch(/file:|chained|chrome-ext|devtools:/);
    },
  );

  it.each(ownPages)("is no page for an agent: %s", async (url) => {
    for (const path of ["/tabs/open", "/navigate"])
      expect(await scene.invoke({ method: "POST", path, body: { url } })).toMatchObject({
        error: { message: `Error: 400: Navigation blocked: unsupported protocol "${new URL(url).protocol}"` },
      });
  });

  it.each(["fetch", "socket", "worker", "service", "frames", "popups", "peer"])(
    "%s: nothing comes through",
    async (name) => {
      await scene.result("POST", "/tabs/open", { url: `${site.origin}/${name}` });
      await site.asked(`/done/${name}`);
      expect(canary.requests).toEqual([]);
    },
  );

  it.each(["meta", "script", "file", "source", "extension", "devtools"])(
    "a page that goes there by itself: %s",
    async (name) => {
      const opened = await scene.result("POST", "/tabs/open", { url: `${site.origin}/${name}` });
      expect(opened["type"]).toBe("page");
      // The page may cross the first one with a navigation of its own.
      await scene.invoke({
        method: "POST",
        path: "/navigate",
        body: { url: `${site.origin}/before-${name}` },
      });
      await scene.result("POST", "/navigate", { url: `${site.origin}/after-${name}` });
      expect(canary.requests).toEqual([]);
    },
  );

  it("no tab stands where none may be, and the canary was alive all the time", async () => {
    const { tabs } = (await scene.result("GET", "/tabs")) as { tabs: readonly { url: string }[] };
    expect(
      tabs
        .map(({ url }) => url)
        .filter((url) => /^(?:file|chrome|chrome-extension|devtools|view-source):/.test(url)),
    ).toEqual([]);
    expect(canary.connections()).toBe(0);
    expect(datagrams).toEqual([]);
    expect(
      scene.egress.filter((record) => record.kind === "decided" && !record.allowed).length,
    ).toBeGreaterThan(40);
    const [answer] = (await once(get(`${canary.origin}/alive`), "response")) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(200);
    expect(canary.connections()).toBe(1);
  });
});
