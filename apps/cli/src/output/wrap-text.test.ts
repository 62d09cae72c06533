import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesFor, wrapText } from "./wrap-text.ts";

describe("wrapText", () => {
  it("breaks between words and indents what follows", () => {
    expect(wrapText("one two three four", 9, "  ")).toEqual(["one two", "  three", "  four"]);
  });

  it("keeps a leading indentation and a word that is too wide", () => {
    expect(wrapText("    openclaw --a-very-long-option x", 12)).toEqual([
      "    openclaw",
      "--a-very-long-option",
      "x",
    ]);
  });

  it("loses no word, and no line of several words is too wide", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/u);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.integer({ min: 4, max: 60 }), (words, width) => {
        const lines = wrapText(words.join(" "), width);
        expect(lines.join(" ")).toBe(words.join(" "));
        for (const line of lines) if (line.includes(" ")) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("leaves a pipe's lines whole", () => {
    const text = "word ".repeat(60).trim();
    expect(linesFor({}, text)).toEqual([text]);
    expect(linesFor({ isTTY: true, columns: 80 }, text).length).toBeGreaterThan(2);
  });
});
