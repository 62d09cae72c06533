import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileGlob, matchGlob } from "./glob.ts";

const matches = (pattern: string, text: string): boolean => matchGlob(compileGlob(pattern), text).matched;

describe("path patterns", () => {
  test.each([
    ["/bin/*", "/bin/ls", true],
    ["/bin/*", "/bin/a/ls", false],
    ["/bin/**", "/bin/a/ls", true],
    ["/bin/**", "/bin/", true],
    ["/bin/**", "/binx", false],
    ["**/ls", "/bin/ls", true],
    ["**/ls", "/bin/xls", false],
    ["**", "", true],
    ["*", "", true],
    ["/b?n/ls", "/bin/ls", true],
    ["/b?n/ls", "/b/n/ls", false],
    ["?", "日", true],
    ["?", "😀", true],
    ["/bin/l.", "/bin/ls", false],
    ["/bin/[l]s", "/bin/ls", false],
    ["/bin/[l]s", "/bin/[l]s", true],
    ["/bin/ls", "/bin/LS", false],
    ["/bin/ls", "/bin/ls ", false],
    ["a*b*c", "aXbXbXc", true],
    ["a*b*c", "aXbXb", false],
    ["a***c", "a/b/c", true],
  ])("%s and %s: %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  const pieces = fc.constantFrom("a", "b", "/", ".", "*", "**", "?", "é");
  const patterns = fc.array(pieces, { maxLength: 8 }).map((all) => all.join(""));
  const texts = fc
    .array(fc.constantFrom("a", "b", "/", ".", "é"), { maxLength: 8 })
    .map((all) => all.join(""));

  const asExpression = (pattern: string): RegExp =>
    new RegExp(
      `^${pattern.replaceAll(/\*+|[^*]/gu, (part) => {
        if (part === "*") return "[^/]*";
        if (part.startsWith("*")) return "[^]*";
        return part === "?" ? "[^/]" : part.replace(".", String.raw`\.`);
      })}$`,
      "u",
    );

  test("agree with the same pattern as a regular expression", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(asExpression(pattern).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  /** The same question asked of a table: no expression that might never end. */
  const inTable = (pattern: string, text: string): boolean => {
    let row = [true, ...Array.from(text, () => false)];
    for (const part of pattern.match(/\*+|[^*]/gu) ?? []) {
      const before = row;
      const star = part.startsWith("*");
      row = [star && (before[0] ?? false)];
      for (const [at, character] of Array.from(text).entries()) {
        const slash = character === "/";
        const takes = part === "?" ? !slash : part === character;
        const stays = (row[at] ?? false) && (part !== "*" || !slash);
        row.push(star ? (before[at + 1] ?? false) || stays : takes && (before[at] ?? false));
      }
    }
    return row.at(-1) ?? false;
  };

  test("agree with a table where the tokens fill more than one word of bits", () => {
    const long = fc
      .array(fc.constantFrom("a", "a", "b", "/", "*", "**", "?"), { minLength: 25, maxLength: 110 })
      .map((all) => all.join(""));
    // A text that fits, and the same with one character changed.
    const fitting = (pattern: string, fill: string): string =>
      pattern.replaceAll(/\*\*+|[*?]/gu, (part) => (part === "?" ? "b" : part === "*" ? "ab" : fill));
    fc.assert(
      fc.property(long, fc.constantFrom("", "a/b", "bb"), fc.nat(), (pattern, fill, place) => {
        const text = fitting(pattern, fill);
        const at = place % (text.length + 1);
        const changed = `${text.slice(0, at)}x${text.slice(at + 1)}`;
        for (const each of [text, changed, text.slice(1)]) {
          expect(matches(pattern, each)).toBe(inTable(pattern, each));
        }
        expect(matches(pattern, text)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([31, 32, 63, 64])("a star as token %i stands for nothing, and for something", (place) => {
    const before = "a".repeat(place);
    for (const star of ["*", "**"]) {
      for (const [between, expected] of [
        ["", true],
        ["bb", true],
        ["b/b", star === "**"],
      ] as const) {
        expect(matches(`${before}${star}c`, `${before}${between}c`)).toBe(expected);
        expect(matches(`${before}${star}c`, `${before}${between}d`)).toBe(false);
      }
    }
  });

  test("take at most one step for each character and 32 tokens", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const glob = compileGlob(pattern);
        const bound = Array.from(text).length * (Math.floor(glob.tokens.length / 32) + 1);
        expect(matchGlob(glob, text).steps).toBeLessThanOrEqual(bound);
      }),
    );
  });

  test("stay linear where backtracking would not", () => {
    const glob = compileGlob(`/${"*a".repeat(20)}${"**b".repeat(20)}c`);
    const steps = (length: number): number => matchGlob(glob, `/${"ab".repeat(length)}`).steps;
    expect(steps(4000)).toBeGreaterThan(4000);
    expect(steps(4000) / steps(2000)).toBeLessThan(2.1);
  });
});
