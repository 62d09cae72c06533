import { describe, expect, it, vi } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import type { DialogLine } from "../../session/dialog-hook.ts";
import { pageHarness } from "../page.test.support.ts";
import type { OpenedPage } from "../page.test.support.ts";

const harness = pageHarness();

const resultOf = (outcome: RouteOutcome): Readonly<Record<string, unknown>> => {
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.result;
};

async function dialogs(page: OpenedPage): Promise<{ pending: DialogLine[]; recent: DialogLine[] }> {
  const state = resultOf(await page.get("/dialogs"))["browserState"] as {
    dialogs: { pending: DialogLine[]; recent: DialogLine[] };
  };
  return state.dialogs;
}

const opened = { id: "d1", type: "confirm", message: "Sure?", openedAt: expect.any(String) };
const closed = { ...opened, closedAt: expect.any(String) };

/** The page of orders with the question of its button open. */
async function asked(): Promise<OpenedPage> {
  const page = await harness.open("/");
  const { pending } = (
    resultOf(await page.act({ kind: "click", selector: "text=Ask" }))["browserState"] as {
      dialogs: { pending: DialogLine[] };
    }
  ).dialogs;
  expect(pending).toEqual([opened]);
  return page;
}

describe("a dialog that an action opens", () => {
  it("is told of, and answered by id or as the one that is open", async () => {
    for (const more of [{ dialogId: "d1" }, {}]) {
      const page = await asked();
      expect(await dialogs(page)).toEqual({ pending: [opened], recent: [] });
      expect(await page.post("/hooks/dialog", { accept: true, ...more })).toMatchObject({ ok: true });
      expect(await page.text("out.textContent")).toBe("confirm=true");
      const recent = [{ ...closed, closedBy: "agent" }];
      expect(await dialogs(page)).toEqual({ pending: [], recent });
      expect(await page.get("/snapshot")).toMatchObject({
        result: { snapshot: expect.stringContaining("Order form"), browserState: { dialogs: { recent } } },
      });
    }
  });

  it("shows up in the answers until then, in place of what would wait for it", async () => {
    const page = await asked();
    const blocked = {
      ok: true,
      blockedByDialog: true,
      targetId: page.tab.targetId,
      url: page.tab.page.url(),
    };
    const state = { browserState: { dialogs: { pending: [opened], recent: [] } } };
    expect(resultOf(await page.act({ kind: "press", key: "Tab" }))).toEqual({ ...blocked, ...state });
    expect(resultOf(await page.get("/snapshot", { mode: "efficient" }))).toEqual({
      ...blocked,
      ...state,
      format: "ai",
      snapshot: "",
      refs: {},
    });
    expect(resultOf(await page.get("/snapshot", { format: "aria" }))).toEqual({
      ...blocked,
      ...state,
      format: "aria",
      nodes: [],
    });
    for (const route of ["/screenshot", "/pdf"])
      expect(await page.post(route)).toMatchObject({
        status: 409,
        error: expect.stringContaining("its dialog d1 (confirm); answer it with POST /hooks/dialog"),
      });
    expect(await page.get("/text")).toMatchObject({ status: 409 });
    expect(await page.get("/console")).toMatchObject({ ok: true });
    expect(await page.post("/hooks/dialog", { accept: true, dialogId: "d7" })).toMatchObject({
      status: 404,
      error: "no dialog `d7` is open; see GET /dialogs",
    });
    await page.post("/hooks/dialog", { accept: false });
    expect(await page.text("out.textContent")).toBe("confirm=false");
  });

  it("ends a batch, and lets a script go on with the answer", async () => {
    const page = await harness.open("/");
    const sent = vi.spyOn(page.tab.cdp, "send");
    const actions = [
      { kind: "evaluate", fn: "() => { window.said = prompt('who?', 'me') }" },
      { kind: "evaluate", fn: "() => { window.after = true }" },
    ];
    expect(resultOf(await page.act({ kind: "batch", actions }))).toMatchObject({
      blockedByDialog: true,
      browserState: { dialogs: { pending: [{ type: "prompt", message: "who?", defaultValue: "me" }] } },
    });
    await page.post("/hooks/dialog", { accept: true, promptText: "Ada ü" });
    // What would end a script that is busy: this one only waits.
    expect(sent.mock.calls.map(([what]) => what)).not.toContain("Runtime.evaluate");
    expect(await page.text("[window.said, window.after]")).toEqual(["Ada ü", undefined]);
    expect(await page.act({ kind: "evaluate", fn: "1 + 1" })).toMatchObject({ result: { result: 2 } });
  });

  it("goes with its page", async () => {
    const page = await asked();
    await page.tab.page.goto(`${harness.site().origin}/two.html`);
    expect(await dialogs(page)).toEqual({ pending: [], recent: [{ ...closed, closedBy: "remote" }] });
    expect(await page.get("/snapshot")).toMatchObject({ ok: true });
    const other = await asked();
    expect(await other.act({ kind: "close" })).toMatchObject({ ok: true });
    expect(other.tab.page.isClosed()).toBe(true);
    expect(other.tab.dialogs.isOpen).toBe(false);
  });
});

describe("every other dialog", () => {
  it("is dismissed at once: for an older Gateway, and when no action runs", async () => {
    const page = await harness.open("/");
    const script = { kind: "evaluate", fn: "confirm('Sure?')" };
    expect(await page.act(script, { era: "2026.2" })).toMatchObject({ result: { result: false } });
    expect(await page.text("confirm('Sure?')")).toBe(false);
    const { recent } = await dialogs(page);
    expect(recent.map(({ id, closedBy }) => `${id} ${String(closedBy)}`)).toEqual(["d1 auto", "d2 auto"]);
  });

  it("is answered as it was armed, and what was armed is seen", async () => {
    const page = await harness.open("/");
    await page.post("/hooks/dialog", { accept: true });
    const said = resultOf(await page.act({ kind: "evaluate", fn: "confirm('Sure?')" }));
    expect(said).toMatchObject({ result: true });
    expect(said).not.toHaveProperty("blockedByDialog");
    expect((await dialogs(page)).recent).toEqual([{ ...closed, closedBy: "armed" }]);
  });

  it("is kept short and few", async () => {
    const page = await harness.open("/");
    await page.text("for (let i = 0; i < 30; i += 1) alert(i + 'x'.repeat(5000))");
    const { recent } = await dialogs(page);
    expect(recent.map(({ message }) => message.length)).toEqual(Array.from({ length: 20 }, () => 1_000));
    expect(recent.at(-1)).toMatchObject({ id: "d30" });
  });
});
