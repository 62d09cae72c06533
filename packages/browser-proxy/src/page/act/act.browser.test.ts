import { describe, expect, it } from "vitest";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { pageHarness } from "../page.test.support.ts";
import type { OpenedPage } from "../page.test.support.ts";

const harness = pageHarness();

type Refs = Readonly<Record<string, { role: string; name?: string }>>;

/** Takes a snapshot and gives the reference of a name. */
async function refs(
  page: OpenedPage,
  query: object = { mode: "efficient" },
): Promise<(name: string) => string> {
  const outcome = await page.get("/snapshot", { ...query });
  if (!outcome.ok) throw new Error(outcome.error);
  const all = outcome.result["refs"] as Refs;
  return (name) => Object.entries(all).find(([, target]) => target.name === name)?.[0] ?? "none";
}

describe.each([
  ["our references", { mode: "efficient" }],
  ["Playwright's references", {}],
])("POST /act by %s", (_, query) => {
  it("types, clicks, selects, fills and checks", async () => {
    const page = await harness.open("/");
    const ref = await refs(page, query);
    const head = { ok: true, result: { ok: true, targetId: page.tab.targetId, url: page.tab.page.url() } };
    expect(await page.act({ kind: "type", ref: ref("Name"), text: "Ada ü 大" })).toEqual(head);
    expect(await page.act({ kind: "click", ref: `@${ref("Greet")}` })).toEqual(head);
    expect(await page.text("out.textContent")).toBe("Hello Ada ü 大");
    expect(await page.act({ kind: "select", ref: `ref=${ref("Size")}`, values: ["l"] })).toEqual(head);
    const fields = [
      { ref: ref("Name"), type: "text", value: "Bob" },
      { ref: ref("Agree"), type: "checkbox", value: "true" },
      { ref: "", value: "dropped" },
    ];
    expect(await page.act({ kind: "fill", fields })).toEqual(head);
    expect(await page.text("[size.value, agree.checked, document.getElementById('name').value]")).toEqual([
      "l",
      true,
      "Bob",
    ]);
    expect(await page.act({ kind: "drag", startRef: ref("Drag me"), endRef: ref("Drop zone") })).toEqual(
      head,
    );
    expect(await page.text("out.textContent")).toBe("dropped it");
    for (const kind of ["hover", "scrollIntoView"])
      expect(await page.act({ kind, ref: ref("Greet") })).toEqual(head);
    expect(
      await page.act({ kind: "click", ref: ref("Greet"), doubleClick: "yes", modifiers: ["Shift"] }),
    ).toEqual(head);
    expect(await page.text("out.textContent")).toBe("double");
    expect(await page.act({ kind: "evaluate", fn: "(el) => el.tagName;", ref: ref("Greet") })).toMatchObject({
      result: { result: "BUTTON" },
    });
    await page.act({ kind: "type", ref: ref("Name"), text: "x y", slowly: true, submit: true });
    expect(await page.text("document.getElementById('name').value")).toBe("Bobx y");
  });
});

describe("POST /act", () => {
  it("finds elements in shadow trees, frames, and among namesakes", async () => {
    const page = await harness.open("/pieces");
    let ref = await refs(page);
    await page.act({ kind: "click", ref: ref("Shadow") });
    expect(await page.text("document.title")).toBe("shadow");
    await page.act({ kind: "click", ref: ref(`say "hi" [ref=e1]: it's`) });
    expect(await page.text("document.title")).toBe("quoted");
    ref = await refs(page, { frame: "#inner" });
    await page.act({ kind: "click", ref: ref("Inside") });
    expect(await page.text("inner.contentDocument.body.innerText")).toContain("pressed");
    ref = await refs(page, {});
    expect(await page.act({ kind: "click", ref: ref("pressed") })).toMatchObject({ ok: true });
    ref = await refs(page, { selector: "#far" });
    expect(await page.act({ kind: "click", ref: ref("Far away") })).toMatchObject({ ok: true });
  });

  it("says what to do about elements that are not there, hidden, covered, or several", async () => {
    const page = await harness.open("/pieces");
    const unknown = 'Error: Unknown ref "e999". Run a new snapshot and use a ref from that snapshot.';
    expect(await page.act({ kind: "click", ref: "e999" })).toEqual({
      ok: false,
      status: 500,
      error: unknown,
    });
    const ref = await refs(page, {});
    const same = ref("Same");
    await page.text(
      "document.querySelectorAll('button').forEach((b) => b.textContent === 'Same' && b.remove())",
    );
    expect(await page.act({ kind: "click", ref: same })).toMatchObject({
      status: 500,
      error: expect.stringContaining("new snapshot"),
    });
    const act = (selector: string): Promise<RouteOutcome> =>
      page.act({ kind: "click", selector, timeoutMs: 600 });
    expect(await act("button")).toMatchObject({
      error: expect.stringMatching(/^Error: Selector "button" matched \d elements\./),
    });
    expect(await act("#none")).toMatchObject({
      error: expect.stringContaining('Element "#none" not found or not visible'),
    });
    expect(await act("#hidden")).toMatchObject({
      error: expect.stringContaining('Element "#hidden" not found or not visible'),
    });
    expect(await act("#covered")).toMatchObject({
      error: expect.stringContaining('Element "#covered" is not interactable'),
    });
    expect(await act("][")).toMatchObject({ status: 500 });
  });

  it("refuses a reference of a page that is gone at once, whatever is to be done with it", async () => {
    const page = await harness.open("/");
    const go = (await refs(page, {}))("Greet");
    await page.tab.page.reload();
    for (const action of [
      { kind: "click", ref: go },
      { kind: "type", ref: go, text: "x" },
      { kind: "fill", fields: [{ ref: go, type: "text", value: "x" }] },
      { kind: "select", ref: go, values: ["x"] },
      { kind: "hover", ref: go },
      { kind: "drag", startRef: go, endRef: go },
    ])
      expect(await page.act(action)).toMatchObject({
        status: 500,
        error: expect.stringMatching(/Unknown ref/),
      });
  });

  it("runs a batch until the first failure, or to its end", async () => {
    const page = await harness.open("/");
    const good = { kind: "press", key: "Tab" };
    const bad = { kind: "click", ref: "e999" };
    const batch = { kind: "batch", actions: [good, { kind: "evaluate", fn: "1" }, bad, good] };
    const failed = { ok: false, error: expect.stringContaining("Unknown ref") };
    expect(await page.act(batch)).toMatchObject({
      result: { results: [{ ok: true }, { ok: true, result: 1 }, failed] },
    });
    expect(await page.act({ ...batch, stopOnError: false })).toMatchObject({
      result: { results: [{ ok: true }, { ok: true, result: 1 }, failed, { ok: true }] },
    });
    const invalid = [
      { kind: "batch" },
      { kind: "batch", actions: [{ kind: "nope" }] },
      { kind: "batch", actions: Array.from({ length: 101 }, () => good) },
      {
        kind: "batch",
        actions: [
          {
            kind: "batch",
            actions: [
              { kind: "batch", actions: [{ kind: "batch", actions: [{ kind: "batch", actions: [good] }] }] },
            ],
          },
        ],
      },
    ];
    for (const body of invalid) expect(await page.act(body)).toMatchObject({ ok: false, status: 400 });
    expect(await page.act({ kind: "batch", actions: [{ ...good, targetId: "other" }] })).toMatchObject({
      status: 403,
      code: "ACT_TARGET_ID_MISMATCH",
    });
  });

  it("fills with what a body can say", async () => {
    const page = await harness.open("/");
    const ref = await refs(page);
    for (const [value, shown] of [
      [5, "5"],
      [true, "true"],
      [" two ", " two "],
      [null, ""],
    ] as const) {
      const fields = [{ ref: ref("Name"), type: "text", value }];
      expect(await page.act({ kind: "fill", fields })).toMatchObject({ ok: true });
      expect(await page.text("document.getElementById('name').value")).toBe(shown);
    }
    for (const [value, checked] of [
      [1, true],
      ["yes", false],
      ["1", true],
      [false, false],
    ] as const) {
      await page.act({ kind: "fill", fields: [{ ref: ref("Agree"), type: "checkbox", value }] });
      expect(await page.text("agree.checked")).toBe(checked);
    }
    const old = { era: "2026.2" } as const;
    expect(await page.act({ kind: "fill", fields: [{ ref: "e1" }] }, old)).toMatchObject({ status: 400 });
  });

  it("clicks at a point, resizes and closes", async () => {
    const page = await harness.open("/");
    expect(await page.act({ kind: "resize", width: "1000", height: 700 })).toMatchObject({ ok: true });
    expect(await page.text("[innerWidth, innerHeight]")).toEqual([1000, 700]);
    const box = await page.tab.page.locator("#go").boundingBox();
    await page.act({ kind: "clickCoords", x: (box?.x ?? 0) + 5, y: (box?.y ?? 0) + 5 });
    expect(await page.text("window.clicks")).toBe(1);
    expect(await page.act({ kind: "close" })).toMatchObject({ ok: true, result: { ok: true } });
    expect(page.tab.page.isClosed()).toBe(true);
  });

  it("refuses what is wrong, before it touches the page", async () => {
    const page = await harness.open("/");
    const cases: readonly (readonly [unknown, string, string])[] = [
      [undefined, "kind is required", "ACT_KIND_REQUIRED"],
      [[], "kind is required", "ACT_KIND_REQUIRED"],
      [{ kind: "constructor" }, "kind is required", "ACT_KIND_REQUIRED"],
      [{ kind: "click" }, "ref or selector is required", "ACT_INVALID_REQUEST"],
      [
        { kind: "click", ref: "e1", button: "nope" },
        "button must be left|right|middle",
        "ACT_INVALID_REQUEST",
      ],
      [
        { kind: "click", ref: "e1", modifiers: ["Zap"] },
        "modifiers must be Alt|Control|ControlOrMeta|Meta|Shift",
        "ACT_INVALID_REQUEST",
      ],
      [{ kind: "type", ref: "e1", text: 5 }, "text is required", "ACT_INVALID_REQUEST"],
      [{ kind: "press" }, "key is required", "ACT_INVALID_REQUEST"],
      [{ kind: "select", ref: "e1", values: [""] }, "values are required", "ACT_INVALID_REQUEST"],
      [{ kind: "fill", fields: "x" }, "fields are required", "ACT_INVALID_REQUEST"],
      [
        { kind: "resize", width: 0, height: 1e9 },
        "width and height must be between 1 and 8192",
        "ACT_INVALID_REQUEST",
      ],
      [
        { kind: "wait" },
        "wait requires at least one of: timeMs, text, textGone, selector, url, loadState, fn",
        "ACT_INVALID_REQUEST",
      ],
      [{ kind: "evaluate", fn: " ; " }, "fn is required", "ACT_INVALID_REQUEST"],
    ];
    for (const [body, error, code] of cases)
      expect(await page.act(body), error).toEqual({ ok: false, status: 400, error, code });
    const long = "x".repeat(10 * 1024 * 1024);
    for (const body of [
      { kind: long },
      { kind: "type", ref: "e1", text: long },
      { kind: "evaluate", fn: long },
      { kind: "wait", text: long },
      { kind: "fill", fields: Array.from({ length: 1_000 }, () => ({ ref: "e1" })) },
    ])
      expect(await page.act(body)).toMatchObject({
        ok: false,
        status: 400,
        error: expect.stringContaining("over its limit"),
      });
    expect(await page.act({ kind: "click", ref: "e1", timeoutMs: 1e300 })).toMatchObject({ status: 500 });
  });

  it("speaks as the older release does when asked to", async () => {
    const page = await harness.open("/");
    const old = { era: "2026.2" } as const;
    const ref = await refs(page);
    expect(await page.act({ kind: "hover", ref: ref("Greet") }, old)).toEqual({
      ok: true,
      result: { ok: true, targetId: page.tab.targetId },
    });
    expect(await page.act({ kind: "click", selector: "#go" }, old)).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^Error: 'selector' is not supported/),
    });
    expect(await page.act({ kind: "click" }, old)).toEqual({
      ok: false,
      status: 400,
      error: "ref is required",
    });
    for (const [body, what] of [
      [{ kind: "evaluate", fn: "1" }, "act:evaluate"],
      [{ kind: "wait", fn: "1" }, "wait --fn"],
    ] as const)
      expect(await page.act(body, { ...old, evaluateEnabled: false })).toMatchObject({
        status: 403,
        error: expect.stringContaining(`${what} is disabled by config`),
      });
  });
});
