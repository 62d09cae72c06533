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

  test("agree with the same pattern as a regular expression", () => {
    const asExpression = (pattern: string): RegExp =>
      new RegExp(
        `^${pattern.replaceAll(/\*+|[^*]/gu, (part) => {
          if (part === "*") return "[^/]*";
          if (part.startsWith("*")) return "[^]*";
          return part === "?" ? "[^/]" : part.replace(".", String.raw`\.`);
        })}$`,
        "u",
      );
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(asExpression(pattern).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("take at most (characters + 1) × (tokens + 1) steps", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const glob = compileGlob(pattern);
        const bound = (Array.from(text).length + 1) * (glob.tokens.length + 1);
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
