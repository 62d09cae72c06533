import { expect, it } from "vitest";

import { pageHarness } from "../page.test.support.ts";
import type { OpenedPage } from "../page.test.support.ts";

const harness = pageHarness();

const watch = `() => {
  window.seen = [];
  for (const type of ["mousedown", "mouseup", "click", "dblclick", "keydown", "keyup"])
    addEventListener(type, (event) => {
      seen.push({ type, at: event.timeStamp, shift: event.shiftKey, target: event.target?.id });
      console.log(event.key ? type + " " + event.key : type);
    }, true);
}`;

async function watched(): Promise<OpenedPage> {
  const page = await harness.open("/");
  await page.tab.page.evaluate(`(${watch})()`);
  return page;
}

/** Acts until the page says `type`, and then leaves. */
async function leftAt(page: OpenedPage, type: string, body: object): Promise<void> {
  const call = new AbortController();
  const leave = (message: { text: () => string }): void => {
    if (message.text() === type) call.abort(new Error("enough"));
  };
  page.tab.page.on("console", leave);
  await expect(page.act(body, { signal: call.signal })).rejects.toThrow("enough");
  page.tab.page.off("console", leave);
}

const types = (page: OpenedPage): Promise<unknown> => page.text("seen.map(({ type }) => type).join()");

it.each([
  ["an element", { kind: "click", selector: "#go" }],
  ["an element, doubly", { kind: "click", selector: "#go", doubleClick: true, modifiers: ["Shift"] }],
  ["a point", { kind: "clickCoords" }],
])(
  "a click on %s that is held clicks nothing when the call ends, and leaves nothing down",
  async (_, body) => {
    const page = await watched();
    const box = await page.tab.page.locator("#go").boundingBox();
    const at = { x: (box?.x ?? 0) + 5, y: (box?.y ?? 0) + 5 };
    await leftAt(page, "mousedown", { ...body, ...at, delayMs: 5_000 });
    await expect.poll(() => types(page)).toContain("mouseup");
    expect(await page.text("window.clicks")).toBeUndefined();
    expect(await page.act({ kind: "click", selector: "#go" })).toMatchObject({ ok: true });
    expect(await page.text("[clicks, seen.at(-1).shift]")).toEqual([1, false]);
  },
);

it("a click that is held to its end is one, with its keys and its time", async () => {
  const page = await watched();
  const body = { kind: "click", selector: "#go", delayMs: 120, modifiers: ["Shift"] };
  expect(await page.act(body)).toMatchObject({ ok: true });
  expect(await types(page)).toBe("keydown,mousedown,mouseup,click,keyup");
  expect(await page.text("[clicks, seen[1].shift, seen[2].at - seen[1].at >= 110]")).toEqual([1, true, true]);
  expect(await page.act({ ...body, doubleClick: true, delayMs: 10 })).toMatchObject({ ok: true });
  expect(await page.text("[clicks, seen.some(({ type }) => type === 'dblclick')]")).toEqual([3, true]);
  await page.text("void document.getElementById('go').setAttribute('disabled', '')");
  expect(await page.act(body)).toMatchObject({ status: 500, error: expect.stringContaining("not enabled") });
  const none = { ...body, selector: "#none", timeoutMs: 500 };
  expect(await page.act(none)).toMatchObject({ error: expect.stringContaining("not found or not visible") });
});

it("no key stays down: not when the call ends, not when another one is unknown", async () => {
  const page = await watched();
  await leftAt(page, "keydown Control", { kind: "press", key: "Control", delayMs: 5_000 });
  expect(await page.act({ kind: "press", key: "Shift+Nope" })).toMatchObject({
    status: 500,
    error: expect.stringContaining("Unknown key"),
  });
  await page.act({ kind: "click", selector: "#name" });
  for (const key of ["a", "Shift+B", "+", "Shift++"]) await page.act({ kind: "press", key });
  await leftAt(page, "keyup c", { kind: "type", selector: "#name", text: "cdef", slowly: true });
  const value = "document.getElementById('name').value";
  expect(await page.text(value)).toBe("aB++c");
  await page.act({ kind: "press", key: "z" });
  expect(await page.text(`[${value}, seen.filter(({ type }) => /key/.test(type)).length % 2]`)).toEqual([
    "aB++cz",
    0,
  ]);
});

it("a drag that does not end leaves no button down, and drops nothing", async () => {
  const page = await watched();
  const body = { kind: "drag", startSelector: "#go", endSelector: "#nowhere" };
  await leftAt(page, "mousedown", body);
  await expect.poll(() => types(page)).toContain("mouseup");
  expect(await page.act({ ...body, timeoutMs: 500 })).toMatchObject({ status: 500 });
  await expect.poll(() => types(page)).toMatch(/mousedown.*mouseup.*mousedown.*mouseup/);
  expect(await page.text("window.clicks")).toBeUndefined();
});

it("a click that the page does not answer in time is told as one that may have been", async () => {
  const page = await watched();
  const busy = "() => { window.clicks = 1; const start = Date.now(); while (Date.now() - start < 1500); }";
  await page.text(`void (document.getElementById("go").onclick = ${busy})`);
  expect(await page.act({ kind: "click", selector: "#go", timeoutMs: 700 })).toMatchObject({
    status: 500,
    error: expect.stringMatching(/"#go" has begun.*may have had its effect/),
  });
  expect(await page.text("clicks")).toBe(1);
});

it("cookies that nobody waits for any more are not set", async () => {
  const page = await harness.open("/");
  const cookies = Array.from({ length: 500 }, (_, index) => ({
    name: `c${String(index)}`,
    value: "1",
    domain: "a.example",
  }));
  const call = new AbortController();
  const setting = page.post(
    "/cookies/set-many",
    { cookies: [...cookies, { name: "b", value: "1", url: "nowhere" }] },
    call,
  );
  const count = async (): Promise<number> => (await page.context.browserContext.cookies()).length;
  await expect.poll(count, { interval: 1 }).toBeGreaterThan(0);
  call.abort(new Error("enough"));
  await expect(setting).rejects.toThrow("enough");
  const left = await count();
  expect(left).toBeLessThan(500);
  expect(await count()).toBe(left);
});
