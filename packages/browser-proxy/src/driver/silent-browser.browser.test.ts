import { afterAll, beforeAll, expect, it } from "vitest";

import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite((_, answer) => {
    html(answer, "<title>t</title><button>press</button>");
  });
  scene = await startScene({ opened: [`127.0.0.1:${String(site.port)}`] });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

it("a browser that says nothing any more is replaced, with and without a tab that is named", async () => {
  const tab = await scene.result("POST", "/tabs/open", { url: site.origin });
  const before = scene.browsers.status()[0]?.pid ?? 0;
  process.kill(before, "SIGSTOP");
  const query = { targetId: tab["targetId"] };
  expect(await scene.invoke({ path: "/snapshot", query, timeoutMs: 500 })).toMatchObject({ ok: false });
  expect(await scene.result("POST", "/tabs/open", { url: site.origin })).toMatchObject({ title: "t" });
  const after = scene.browsers.status()[0]?.pid ?? 0;
  expect(after).not.toBe(before);
  expect(() => process.kill(before, 0)).toThrow("ESRCH");
}, 60_000);
