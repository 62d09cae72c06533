import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let site: Site;
let scene: Scene;
const tabs: string[] = [];

beforeAll(async () => {
  site = await startSite((incoming, answer) => {
    const url = incoming.url ?? "";
    // Never answered, or never to its end.
    if (url === "/hang") return;
    if (url === "/half") {
      answer.setHeader("content-type", "text/html");
      answer.write("<title>half</title>");
      return;
    }
    if (url === "/restless") return html(answer, `<meta http-equiv="refresh" content="0">restless`);
    if (url === "/empty") return answer.writeHead(204).end();
    if (url === "/redirect") answer.writeHead(302, { location: "/redirected" }).end();
    else html(answer, `<title>page ${url}</title><p>héllo — ${url}`);
  });
  scene = await startScene({ opened: [`127.0.0.1:${String(site.port)}`] });
  for (const path of ["/one", "/two"])
    tabs.push(String((await scene.result("POST", "/tabs/open", { url: site.origin + path }))["targetId"]));
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

const failure = async (method: string, path: string, body?: object): Promise<unknown> => {
  const answer = await scene.invoke({ method, path, body, errorEnvelope: "browser-v1" });
  return answer.ok ? answer.payload["error"] : answer.error;
};

describe("tabs", () => {
  it("the newer shape names a tab in three ways, the older one in one", async () => {
    const listed = await scene.result("GET", "/tabs");
    expect(listed["tabs"]).toContainEqual({
      targetId: tabs[0],
      title: "page /one",
      url: `${site.origin}/one`,
      wsUrl: null,
      type: "page",
      suggestedTargetId: expect.stringMatching(/^t\d$/),
      tabId: expect.stringMatching(/^t\d$/),
    });
    const older = await scene.invoke({ path: "/tabs" }, "2026.2");
    expect(JSON.stringify(older)).not.toContain("tabId");
  });

  it("focus takes a prefix whatever its case, and later calls mean that tab", async () => {
    const prefix = (tabs[0] ?? "").slice(0, 12).toLowerCase();
    expect(await scene.result("POST", "/tabs/focus", { targetId: prefix })).toEqual({
      ok: true,
      targetId: tabs[0],
    });
    expect(await scene.result("POST", "/navigate", { url: `${site.origin}/redirect` })).toEqual({
      ok: true,
      targetId: tabs[0],
      url: `${site.origin}/redirected`,
    });
  });

  it("a tab that is not there", async () => {
    const error = expect.stringMatching(/^tab not found: browser tab "ZZZZ" not found\. Use action=tabs/);
    for (const path of ["/tabs/focus", "/navigate"])
      expect(await failure("POST", path, { targetId: "ZZZZ", url: site.origin })).toEqual({
        status: 404,
        body: { error },
      });
    expect(await scene.invoke({ method: "DELETE", path: "/tabs/ZZZZ" }, "2026.2")).toMatchObject({
      error: { message: "Error: Error: tab not found" },
    });
  });

  it("actions on the list", async () => {
    const made = (await scene.result("POST", "/tabs/action", { action: "new" }))["tab"] as object;
    expect(made).toMatchObject({ url: "about:blank" });
    const { tabs: all } = (await scene.result("POST", "/tabs/action", { action: "list" })) as {
      tabs: { targetId: string; url: string }[];
    };
    const index = all.findIndex(({ targetId }) => targetId === tabs[1]);
    const done = { ok: true, targetId: tabs[1] };
    expect(await scene.result("POST", "/tabs/action", { action: "select", index })).toEqual(done);
    expect(await scene.result("POST", "/tabs/action", { action: "close", index: String(index) })).toEqual(
      done,
    );
    expect(await failure("POST", "/tabs/action", { action: "close", index: 99 })).toMatchObject({
      status: 404,
    });
    expect(await failure("POST", "/tabs/action", { action: "fly" })).toMatchObject({ status: 400 });
  });

  it("the last tab may be closed; the next call gets a new one", async () => {
    const { tabs: all } = (await scene.result("GET", "/tabs")) as { tabs: { targetId: string }[] };
    for (const { targetId } of all)
      expect(await scene.result("DELETE", `/tabs/${targetId}`)).toEqual({ ok: true, targetId });
    expect(await scene.result("GET", "/tabs")).toEqual({ running: true, tabs: [] });
    expect(await scene.result("POST", "/navigate", { url: `${site.origin}/fresh` })).toMatchObject({
      ok: true,
    });
  });
});

describe("pages that do not come", () => {
  it.each(["/hang", "/half"])(
    "%s: the call ends in its time, and the tab can be used again",
    async (path) => {
      const call = { method: "POST", path: "/navigate", body: { url: site.origin + path }, timeoutMs: 700 };
      expect(await scene.invoke(call)).toMatchObject({
        ok: false,
        error: { message: expect.stringMatching(/timed out for POST \/navigate after 700ms|Timeout/) },
      });
      expect(await scene.result("POST", "/navigate", { url: `${site.origin}/later` })).toMatchObject({
        url: `${site.origin}/later`,
      });
    },
  );

  it("a page that is always on its way elsewhere does not make the one fail that is asked for", async () => {
    for (let round = 0; round < 10; round += 1) {
      await scene.invoke({ method: "POST", path: "/navigate", body: { url: `${site.origin}/restless` } });
      const url = `${site.origin}/wanted-${String(round)}`;
      expect(await scene.result("POST", "/navigate", { url })).toMatchObject({ ok: true });
    }
  });

  it("an answer without a page is asked for once", async () => {
    const error = expect.stringContaining("net::ERR_ABORTED");
    expect(await failure("POST", "/navigate", { url: `${site.origin}/empty` })).toMatchObject({
      status: 500,
      body: { error },
    });
    expect(site.requests.filter((line) => line === "GET /empty")).toHaveLength(1);
  });

  it("a caller who goes away cancels the call", async () => {
    const gone = new AbortController();
    const call = { method: "POST", path: "/navigate", body: { url: `${site.origin}/hang` } };
    const answer = scene.invoke(call, "2026.9", gone.signal);
    await site.asked("/hang");
    gone.abort();
    expect(await answer).toMatchObject({ ok: false });
  });

  it("a host that is not there is named by its fault", async () => {
    const url = `http://127.0.0.1:${String(site.port)}.nowhere.invalid/`.replace(`:${String(site.port)}`, "");
    expect(await failure("POST", "/tabs/open", { url })).toMatchObject({
      status: 500,
      body: { error: expect.stringContaining("cannot be resolved") },
    });
  });
});
