import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderTable } from "./table.ts";
import { cutText, padText, textWidth } from "./text-width.ts";

const ID = "58dfb9ac-3a69-451e-a61f-a79b339d30c6";
const COLUMNS = [
  { title: "Request", whole: true },
  { title: "Node" },
  { title: "IP", min: 9 },
  { title: "Asked", min: 9 },
];

describe("renderTable", () => {
  test("aligns columns and cuts what is too long, but never an id", () => {
    const rows = [
      [ID, "kitchen-pi", "203.0.113.7", "3 min ago"],
      [ID, "a node with a name that goes on and on", "2001:db8::1234:5678:9abc:def0", "2 h ago"],
    ];
    expect(renderTable(COLUMNS, rows, { width: 80 })).toEqual([
      "Request                               Node            IP               Asked",
      `${ID}  kitchen-pi      203.0.113.7      3 min ago`,
      `${ID}  a node with a…  2001:db8::1234…  2 h ago`,
    ]);
  });

  test("leaves out a column without content", () => {
    const [heading] = renderTable(COLUMNS, [[ID, "pi", "", "2 h ago"]], { width: 80 });
    expect(heading).toBe("Request                               Node  Asked");
  });

  test("counts wide characters as two cells", () => {
    const lines = renderTable(
      [{ title: "Node" }, { title: "ID" }],
      [
        ["端末", "a"],
        ["pi", "b"],
      ],
      { width: 80 },
    );
    expect(lines).toEqual(["Node  ID", "端末  a", "pi    b"]);
  });

  test("becomes blocks of lines where rows do not fit", () => {
    const rows = [
      [ID, "kitchen-pi", "", "3 min ago"],
      [ID, "attic", "", "2 h ago"],
    ];
    expect(renderTable(COLUMNS, rows, { width: 44 })).toEqual([
      `Request: ${ID}`,
      "Node:    kitchen-pi",
      "Asked:   3 min ago",
      "",
      `Request: ${ID}`,
      "Node:    attic",
      "Asked:   2 h ago",
    ]);
  });

  test("paints after cutting, so that colors take no room", () => {
    const paint = (text: string): string => `<${text}>`;
    const lines = renderTable(
      [{ title: "Node" }, { title: "Status" }, { title: "ID" }],
      [["pi", { text: "connected", paint }, "ab"]],
      { width: 80 },
    );
    expect(lines[1]).toBe("pi    <connected>  ab");
  });

  test("keeps every line within the terminal and every whole cell whole", () => {
    const cell = fc.string({
      unit: fc.oneof(fc.constantFrom("端", "é", "\u001b", "🧊"), fc.string({ maxLength: 1 })),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uuid(), cell, cell), { minLength: 1 }),
        fc.integer({ min: 44, max: 120 }),
        (rows, width) => {
          const columns = [{ title: "Request", whole: true }, { title: "Node" }, { title: "Since" }];
          const lines = renderTable(columns, rows, { width });
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(Math.max(width, 45));
          for (const [id] of rows) expect(lines.some((line) => line.includes(id))).toBe(true);
          expect(lines.join("")).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});

describe("cutText", () => {
  test("fits, is a prefix, and marks the cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const cut = cutText(text, width);
        expect(textWidth(cut)).toBeLessThanOrEqual(width);
        expect(cut.endsWith("…") || textWidth(text) <= width).toBe(true);
      }),
    );
    expect(cutText("端末サーバー", 5)).toBe("端末…");
    expect(cutText("端末", 4)).toBe("端末");
  });

  test("does not keep towers of marks", () => {
    expect(cutText(`a${"\u0301".repeat(5000)}b`, 4).length).toBeLessThan(40);
  });
});

test("padText fills up to the width", () => {
  expect(padText("端", 4)).toBe("端  ");
  expect(padText("long", 2)).toBe("long");
});
