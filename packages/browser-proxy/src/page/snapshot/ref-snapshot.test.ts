import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { lineRef, parseAriaLines, renderLine } from "./aria-line.ts";
import { ariaNodes } from "./ax-nodes.ts";
import { cutMark, cutText } from "./cut-text.ts";
import { refsOfText, shapedAriaSnapshot } from "./ref-snapshot.ts";
import { shapedRoleSnapshot } from "./role-snapshot.ts";

const all = { interactive: false, compact: false, depth: undefined };
const name = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom('x" [ref=e1] "', "it's: 'so'", "]: [ref=e2]", "\\", "\\n"),
);
const role = fc.constantFrom("button", "link", "heading", "generic", "list");
const line = fc.record({
  role,
  name: fc.option(name, { nil: undefined }),
  ref: fc.nat(99),
  isQuoted: fc.boolean(),
  rest: fc.constantFrom("", ":", ": text", ": '- button [ref=e7]'"),
});

function rendered({
  role: kind,
  name: called,
  ref,
  isQuoted,
  rest,
}: {
  role: string;
  name: string | undefined;
  ref: number;
  isQuoted: boolean;
  rest: string;
}): string {
  const base = { depth: 0, role: kind, name: called, attributes: [], rest, isQuoted, text: "" };
  return renderLine(base, [`ref=e${String(ref)}`, "cursor=pointer"], rest);
}

describe("parseAriaLines", () => {
  it("reads back what is written, whatever the page calls its elements", () => {
    fc.assert(
      fc.property(line, (given) => {
        const [read] = parseAriaLines(`    ${rendered(given)}`);
        expect(read).toMatchObject({
          depth: 2,
          role: given.role,
          attributes: [`ref=e${String(given.ref)}`, "cursor=pointer"],
          rest: given.rest,
        });
        expect(read?.name).toBe(given.name);
      }),
    );
  });

  it("takes no reference from a name, a text or a property", () => {
    const text = [
      '- button "a [ref=e1]"',
      "- text: x [ref=e2]",
      "- /url: /[ref=e3]",
      '- paragraph: "[ref=e4]"',
      `- 'button "b: c" [ref=e5]': d [ref=e6]`,
    ].join("\n");
    expect([...refsOfText(text).keys()]).toEqual(["e5"]);
  });

  it("never fails", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("-", " ", '"', "'", "[", "]", "\\", ":", "a", "ref=e1", "\n") }),
        (text) => {
          for (const one of parseAriaLines(text)) lineRef(one);
          shapedRoleSnapshot(text, { interactive: true, compact: true, depth: 3 });
          shapedAriaSnapshot(text, { ...all, compact: true });
        },
      ),
    );
  });

  it("reads boxes and leaves them out", () => {
    const [read] = parseAriaLines('- button "a" [ref=e1] [box=1,-2,3.5,4]: x');
    expect(read).toMatchObject({
      box: { x: 1, y: -2, width: 3.5, height: 4 },
      text: '- button "a" [ref=e1]: x',
    });
  });
});

describe("shapes", () => {
  const tree = [
    "- document [ref=e90]:",
    "  - generic [active] [ref=e91]:",
    "    - list [ref=e92]:",
    "      - listitem [ref=e93]:",
    '        - link "a" [ref=e94] [cursor=pointer]:',
    "          - /url: /a",
    "      - listitem [ref=e95]: x",
    "    - list:",
    "      - listitem",
    "    - generic [ref=e96]: 'so: it''s'",
    '    - heading "h" [level=1] [ref=e97]',
    "    - heading [ref=e98]",
    '  - link "a"',
  ].join("\n");

  it("numbers what deserves it, in any shape the same elements", () => {
    const whole = shapedRoleSnapshot(tree, all);
    expect(whole.text).toContain('      - link "a" [ref=e1]:');
    expect(whole.text).toContain('  - heading "h" [ref=e2] [level=1]');
    expect(whole.text).toContain('  - link "a" [ref=e3] [nth=1]');
    expect(whole.refs.get("e3")).toEqual({ role: "link", name: "a", nth: 1 });
    expect(whole.text).toContain("\n  - text: 'so: it''s'\n");
    expect(whole.text).not.toMatch(/generic|active|cursor|ref=e9/);
  });

  it("binds each reference to its element, or to its place in the nearest one", () => {
    expect([...shapedRoleSnapshot(tree, all).bindings]).toEqual([
      ["e1", { aria: "e94" }],
      ["e2", { aria: "e97" }],
      ["e3", { aria: "e90", inside: { role: "link", name: "a", nth: 1 } }],
    ]);
    const lists = [
      "- combobox [ref=e1]:",
      "  - option",
      '  - option "x"',
      "  - option",
      "- combobox [ref=e2]:",
      '  - option "x"',
    ].join("\n");
    const inside = (called: string | undefined, nth: number): object => ({
      role: "option",
      name: called,
      nth,
    });
    expect([...shapedRoleSnapshot(lists, all).bindings.values()]).toEqual([
      { aria: "e1" },
      { aria: "e1", inside: inside(undefined, 0) },
      { aria: "e1", inside: inside("x", 0) },
      { aria: "e1", inside: inside(undefined, 2) },
      { aria: "e2" },
      { aria: "e2", inside: inside("x", 0) },
    ]);
    expect(shapedRoleSnapshot('- button "nowhere"', all).refs.size).toBe(0);
  });

  it("counts namesakes that are not shown", () => {
    const shallow = shapedRoleSnapshot(tree, { ...all, depth: 1 });
    expect(shallow.refs.get("e2")).toEqual({ role: "link", name: "a", nth: 1 });
    expect(shallow.text).not.toContain("listitem");
  });

  it("drops empty structure when compact", () => {
    expect(shapedRoleSnapshot(tree, { ...all, compact: true }).text).toBe(
      [
        "    - listitem:",
        '      - link "a" [ref=e1]:',
        "        - /url: /a",
        "    - listitem: x",
        "  - text: 'so: it''s'",
        '  - heading "h" [ref=e2] [level=1]',
        '  - link "a" [ref=e3] [nth=1]',
      ].join("\n"),
    );
    expect(shapedRoleSnapshot("- document:\n  - list", { ...all, compact: true }).text).toBe("(empty)");
    expect(shapedRoleSnapshot("- document", { ...all, interactive: true }).text).toBe(
      "(no interactive elements)",
    );
  });
});

describe("cutText", () => {
  it("is never over the limit, and cuts after a whole line", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\n", "😀"), maxLength: 200, size: "max" }),
        fc.nat(250),
        (text, limit) => {
          const cut = cutText(text, limit);
          expect(cut.text.length).toBeLessThanOrEqual(Math.max(limit, 0));
          expect(cut.isCut).toBe(text.length > limit);
          if (cut.isCut && limit >= cutMark.length) expect(cut.text.endsWith(cutMark)).toBe(true);
          expect(text.startsWith(cut.kept)).toBe(true);
          expect(Buffer.from(cut.text).toString()).toBe(cut.text);
        },
      ),
    );
    expect(cutText(`one\n${"x".repeat(100)}`, 60).text).toBe(`one${cutMark}`);
  });
});

describe("ariaNodes", () => {
  it("walks a tree once, in its order, whatever it looks like", () => {
    const node = (nodeId: string, childIds: string[], parentId?: string): object => ({
      nodeId,
      childIds,
      role: { value: nodeId },
      ...(parentId === undefined ? {} : { parentId }),
    });
    const nodes = [
      node("a", ["b", "c"]),
      node("b", ["d"], "a"),
      node("c", ["a", "missing"], "a"),
      node("d", [], "b"),
    ] as { nodeId: string }[];
    expect(ariaNodes(nodes, 10).map((one) => [one.role, one.depth])).toEqual([
      ["a", 0],
      ["b", 1],
      ["d", 2],
      ["c", 1],
    ]);
    expect(ariaNodes(nodes, 2)).toHaveLength(2);
    expect(ariaNodes([], 2)).toEqual([]);
  });
});
