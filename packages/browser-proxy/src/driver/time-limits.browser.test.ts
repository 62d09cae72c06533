import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { html, processesOf, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite((_, answer) => {
    html(answer, "<title>t</title><button>press</button>");
  });
  scene = await startScene({ opened: [`127.0.0.1:${String(site.port)}`], idleMs: 1_500 });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

const act = (body: object, timeoutMs: number): ReturnType<Scene["invoke"]> =>
  scene.invoke({ method: "POST", path: "/act", body, timeoutMs });

describe("a call's time", () => {
  it("ends a script that never does, and the tab can be used at once", async () => {
    await scene.result("POST", "/tabs/open", { url: site.origin });
    const endless = await act({ kind: "evaluate", fn: "() => { for (;;) {} }" }, 700);
    expect(endless).toMatchObject({ ok: false, error: { message: expect.stringContaining("timed out") } });
    const next = await act({ kind: "evaluate", fn: "() => 6 * 7" }, 10_000);
    expect(next).toMatchObject({ ok: true, payload: { result: { ok: true, result: 42 } } });
  });

  it("ends an action that waits, which then does nothing any more", async () => {
    const wait = await act({ kind: "wait", text: "never there" }, 500);
    const message = expect.stringContaining("timed out for POST /act after 500ms") as unknown;
    expect(wait).toMatchObject({ ok: false, error: { message } });
    const click = await act({ kind: "evaluate", fn: "() => document.title" }, 10_000);
    expect(click).toMatchObject({ ok: true, payload: { result: { result: "t" } } });
  });

  it("covers the start of the browser; one that was started anyway serves the next call", async () => {
    await scene.result("POST", "/stop");
    const call = { method: "POST", path: "/tabs/open", body: { url: site.origin }, timeoutMs: 1 };
    expect(await scene.invoke(call)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("after 1ms") },
    });
    expect(await scene.result("POST", "/tabs/open", { url: site.origin })).toMatchObject({ title: "t" });
    const { tabs } = (await scene.result("GET", "/tabs")) as { tabs: object[] };
    // The call that was given up has opened nothing.
    expect(tabs).toHaveLength(2);
  });
});

describe("an idle browser", () => {
  it("is closed, with everything that belongs to it, but not while somebody waits", async () => {
    const slow = act({ kind: "evaluate", fn: "() => new Promise((r) => setTimeout(r, 2000))" }, 10_000);
    await expect.poll(() => scene.browsers.idle).toBe(false);
    expect(await slow).toMatchObject({ ok: true });
    await expect.poll(() => scene.browsers.idle, { timeout: 10_000 }).toBe(true);
    expect(await processesOf(scene.stateDir)).toEqual([]);
    expect(scene.log.join("\n")).toContain("was not used; it is closed");
  });
});
