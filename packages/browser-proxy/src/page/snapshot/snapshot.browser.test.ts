import { describe, expect, it } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { scriptFunction } from "../page-script.ts";
import { locateRef } from "../refs/locate.ts";
import { pageHarness } from "../page.test.support.ts";

const harness = pageHarness();

interface Shot {
  readonly snapshot: string;
  readonly refs: Readonly<Record<string, { role: string; name?: string; nth?: number }>>;
  readonly truncated?: boolean;
  readonly stats?: {
    readonly lines: number;
    readonly chars: number;
    readonly refs: number;
    readonly interactive: number;
  };
  readonly nodes: readonly { ref: string; role: string; name: string; depth: number }[];
  readonly [key: string]: unknown;
}

function shot(outcome: RouteOutcome): Shot {
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.result as unknown as Shot;
}

const names = ({ refs }: Shot): unknown[] => Object.values(refs).map(({ role, name }) => [role, name]);

describe("GET /snapshot", () => {
  it("gives Playwright's snapshot with its references", async () => {
    const page = await harness.open("/");
    const result = shot(await page.get("/snapshot"));
    expect(result).toMatchObject({
      ok: true,
      format: "ai",
      targetId: page.tab.targetId,
      url: page.tab.page.url(),
    });
    expect(result.snapshot).toContain('- button "Greet" [ref=e13]');
    expect(result.refs["e8"]).toEqual({ role: "textbox", name: "Name" });
    expect(result.stats).toEqual({ lines: 27, chars: result.snapshot.length, refs: 20, interactive: 12 });
    expect(shot(await page.get("/snapshot", {}, { era: "2026.2" })).stats).toBeUndefined();
  });

  it("numbers references of its own in the other shapes", async () => {
    const page = await harness.open("/pieces");
    const interactive = shot(await page.get("/snapshot", { mode: "efficient" }));
    expect(interactive.snapshot.split("\n").slice(0, 4)).toEqual([
      '- button "Same" [ref=e1]',
      '- button "Same" [ref=e2] [nth=1]',
      "- button [ref=e3]",
      `- 'button "say \\"hi\\" [ref=e1]: it''s" [ref=e4]'`,
    ]);
    expect(interactive.refs["e2"]).toEqual({ role: "button", name: "Same", nth: 1 });
    expect(interactive.refs["e4"]).toEqual({ role: "button", name: `say "hi" [ref=e1]: it's` });
    expect(interactive["newElements"]).toBeUndefined();
    await page.text(
      "document.body.append(Object.assign(document.createElement('button'), { textContent: 'Late' }))",
    );
    expect(shot(await page.get("/snapshot", { mode: "efficient" }))["newElements"]).toBe(1);
    const compact = shot(await page.get("/snapshot", { compact: "yes" }));
    expect(compact.snapshot).toContain('heading "Größe & 大小" [ref=e1] [level=1]');
    // What is inside a frame can be acted on like everything else.
    expect(compact.snapshot).toContain("  - iframe:\n");
    const flat = shot(await page.get("/snapshot", { depth: 0 }));
    expect(flat).toMatchObject({ snapshot: "- document:", refs: {} });
  });

  it.each([{ interactive: true }, { compact: true }, {}])(
    "gives each reference to an element of its own: %j",
    async (query) => {
      const page = await harness.open("/pieces");
      const { refs } = shot(await page.get("/snapshot", query));
      const found: unknown[] = [];
      for (const [ref, { role }] of Object.entries(refs)) {
        const { locator } = await locateRef(page.context, ref);
        const mark = `((element) => (element.mark ??= String(Math.random())) + element.tagName)`;
        expect(await locator.count(), `${ref} ${role}`).toBe(1);
        found.push(await locator.evaluate(scriptFunction(mark)));
      }
      expect(found.length).toBeGreaterThan(10);
      expect(new Set(found).size).toBe(found.length);
    },
  );

  it("looks at one element, one frame, or only what Playwright numbers", async () => {
    const page = await harness.open("/pieces");
    expect(shot(await page.get("/snapshot", { selector: "ul" })).snapshot).toBe(
      "- list:\n  - listitem: one\n  - listitem: two",
    );
    expect(names(shot(await page.get("/snapshot", { frame: "#inner" })))).toEqual([["button", "Inside"]]);
    expect(names(shot(await page.get("/snapshot", { frame: "#inner", selector: "p" })))).toEqual([]);
    const aria = shot(await page.get("/snapshot", { interactive: true, refs: "aria" }));
    expect(names(aria)).toContainEqual(["button", "Inside"]);
    expect(await page.get("/snapshot", { refs: "aria", selector: "ul" })).toMatchObject({
      ok: false,
      status: 500,
    });
    expect(await page.get("/snapshot", { selector: "li" })).toMatchObject({
      status: 500,
      error: expect.stringContaining('Selector "li" matched 2 elements'),
    });
    expect(await page.get("/snapshot", { selector: "]" })).toMatchObject({ status: 500 });
    expect(await page.get("/snapshot", { interactive: true, selector: "ul" })).toMatchObject({
      result: { snapshot: "(no interactive elements)" },
    });
  });

  it("says what to do when the element is not there", async () => {
    const page = await harness.open("/");
    expect(await page.get("/snapshot", { selector: "#none" })).toMatchObject({
      status: 500,
      error: expect.stringContaining('Element "#none" not found'),
    });
  });

  it("stays within the asked limit on a large page", { timeout: 120_000 }, async () => {
    const page = await harness.open("/huge");
    for (const query of [
      { maxChars: 200 },
      { maxChars: 3_000, mode: "efficient" },
      { maxChars: 5_000, refs: "aria", interactive: 1 },
    ]) {
      const result = shot(await page.get("/snapshot", query));
      expect(result.snapshot.length).toBeLessThanOrEqual(query.maxChars);
      expect(result.truncated).toBe(true);
      for (const ref of Object.keys(result.refs)) expect(result.snapshot).toContain(`[ref=${ref}]`);
    }
    const whole = shot(await page.get("/snapshot", { maxChars: 0 }));
    expect(whole.truncated).toBeUndefined();
    expect(whole.snapshot).toContain("Item 1999");
  });

  it("gives the browser's own tree", async () => {
    const page = await harness.open("/");
    const { nodes } = shot(await page.get("/snapshot", { format: "aria", limit: "10" }));
    expect(nodes).toHaveLength(10);
    expect(nodes[0]).toMatchObject({
      ref: "ax1",
      role: "RootWebArea",
      name: "Shop Form",
      depth: 0,
      backendDOMNodeId: expect.any(Number),
    });
    const texts = shot(await page.get("/snapshot", { format: "aria" })).nodes.map(({ name }) => name);
    expect(texts.indexOf("Order form")).toBeLessThan(texts.indexOf("Drop zone"));
    expect(shot(await page.get("/snapshot", { format: "aria", limit: -5 })).nodes).toHaveLength(1);
    for (const query of [{ labels: true }, { mode: "efficient" }])
      expect(await page.get("/snapshot", { format: "aria", ...query })).toEqual({
        ok: false,
        status: 400,
        error: "labels/mode=efficient require format=ai",
      });
  });

  it("ends with the call on a page that is busy", async () => {
    const page = await harness.open("/blank");
    const busy = page.text("(() => { const end = Date.now() + 3000; while (Date.now() < end); })()");
    const call = new AbortController();
    const asked = page.get("/snapshot", {}, { signal: call.signal });
    setTimeout(() => {
      call.abort(new Error("enough"));
    }, 100);
    await expect(asked).rejects.toThrow("enough");
    await busy;
  });
});
