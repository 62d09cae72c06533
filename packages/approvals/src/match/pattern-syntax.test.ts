import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { argumentTarget } from "../testing/argument-target.test.support.ts";
import { matchArguments } from "./arguments.ts";

const match = (pattern: string, args: readonly string[]): string =>
  matchArguments(pattern, argumentTarget(args, "/w"));

describe("argument patterns mean what JavaScript means by them", () => {
  const texts = Array.from(
    "abcdefxyzABZ019_-^.*+/\\]\t\n\v\f\r~\u00a0\u00e9\u2028\ufeff\b",
    (character) => character,
  );
  test.each([
    String.raw`[a-c]`,
    String.raw`[^a-c]`,
    String.raw`[c-c]`,
    String.raw`[-a]`,
    String.raw`[a-]`,
    String.raw`[a^]`,
    String.raw`[\w-]`,
    String.raw`[\w-.]`,
    String.raw`[\d.]`,
    String.raw`[\]a]`,
    String.raw`[\\a]`,
    String.raw`[a\-c]`,
    String.raw`[.*+]`,
    String.raw`[\x61-\x63]`,
    String.raw`[^\u0061]`,
    String.raw`\x61`,
    String.raw`\u00e9`,
    String.raw`\D`,
    String.raw`\S`,
    String.raw`\W`,
    String.raw`[\D1]`,
    String.raw`\t|\n|\v|\f|\r`,
    String.raw`\.`,
    String.raw`\/|\\`,
    String.raw`a|b|`,
    ".",
  ])("%s", (pattern) => {
    const expression = new RegExp(`^(?:${pattern})$`);
    const expected = texts.filter((text) => expression.test(text));
    expect(texts.filter((text) => match(pattern, [text]) === "yes")).toEqual(expected);
  });

  test.each([
    ["a?", "", "a", "aa"],
    ["a+", "a", "aaa", ""],
    ["a{2}", "aa", "aa", "aaa"],
    ["a{12}", "a".repeat(12), "a".repeat(12), "a"],
    ["a{0}b", "b", "b", "ab"],
    ["a{1,2}", "a", "aa", "aaa"],
    ["a{2,10}", "aa", "a".repeat(10), "a".repeat(11)],
    ["a{2,}", "aa", "aaaaa", "a"],
    ["(?:ab){1,2}c", "abc", "ababc", "abababc"],
    ["(a|bc)+?", "a", "bca", "b"],
    ["(?:a?b?){2}", "ab", "bb", "aaa"],
  ])("%s takes %j and %j, but not %j", (pattern, shortest, longest, not) => {
    // A line that no argument can be has no argument at all.
    const listOf = (text: string): readonly string[] => (text === "" ? [] : [text]);
    expect([shortest, longest, not].map((text) => match(pattern, listOf(text)))).toEqual([
      "yes",
      "yes",
      "no",
    ]);
  });
});

test.each([
  "*a",
  "+a",
  "?a",
  "a**",
  "a*+",
  "a??+",
  "a{2}{3}",
  "{",
  "}",
  "a{",
  "]",
  "[]",
  "[^]",
  "[",
  "[a",
  "[^",
  "[z-a]",
  String.raw`[\d-z]`,
  String.raw`[a-\d]`,
  String.raw`[!-\d]`,
  String.raw`[a-\w]`,
  String.raw`[\b]`,
  String.raw`[\B]`,
  "[a\\",
  "a\\",
  String.raw`\x6`,
  String.raw`\u62`,
  String.raw`\01`,
  String.raw`\1`,
  String.raw`\c`,
  String.raw`\p{L}`,
  String.raw`\k<a>`,
  "a)",
  "(a",
  "(?",
  "(?!a)",
  "(?<=a)",
  "^+",
  String.raw`\b*`,
  "$?",
])("%s is not evaluated, and matches nothing", (pattern) => {
  for (const args of [[pattern], ["a"], ["z"], []]) expect(match(pattern, args)).toBe("unsupported");
});

test("a NUL byte is matched by its name alone", () => {
  expect(match(String.raw`a\0` + "b\0", ["a", "b"])).toBe("yes");
  expect(match(String.raw`a\x00` + "b\0", ["a", "b"])).toBe("yes");
  expect(match("a\\Db\0", ["a", "b"])).toBe("no");
  expect(match("a[^x]b\0", ["a", "b"])).toBe("no");
});

describe("limits", () => {
  test("groups may stand side by side, but not too deep", () => {
    expect(match("(a)".repeat(40), ["a".repeat(40)])).toBe("yes");
    const deep = (depth: number): string => `${"(".repeat(depth)}a${")".repeat(depth)}`;
    expect(match(deep(LIMITS.argPatternDepth), ["a"])).toBe("yes");
    expect(match(deep(LIMITS.argPatternDepth + 1), ["a"])).toBe("unsupported");
  });

  test("a pattern has a length", () => {
    const letters = (length: number): string => `[${"a".repeat(length - 2)}]`;
    expect(match(letters(LIMITS.patternChars), ["a"])).toBe("yes");
    expect(match(letters(LIMITS.patternChars + 1), ["a"])).toBe("unsupported");
  });

  test.each([
    "a{0,3000}",
    "a{0,3000}b",
    "b|a{0,3000}",
    "(a{0,3000})*",
    "(?:a{0,3000}){2,}",
    "a{4096}",
    "(){5000}",
  ])("%s has too many states", (pattern) => {
    expect(match(pattern, ["a"])).toBe("unsupported");
  });

  test("a pattern of many states is evaluated while they are not too many", () => {
    expect(match("a{4000}", ["a".repeat(4000)])).toBe("yes");
    expect(match("(?:a?){300}", ["a".repeat(299)])).toBe("yes");
  });

  test("reading pattern and arguments is paid for, however little is matched", () => {
    const cost = (pattern: string, args: readonly string[]): number => {
      const target = argumentTarget(args, "/w");
      matchArguments(pattern, target);
      return LIMITS.argPatternSteps - target.budget.steps;
    };
    const empty = cost("b", []);
    expect(cost("b", ["a".repeat(1000)]) - empty).toBeGreaterThanOrEqual(1000);
    expect(
      cost(
        "b",
        Array.from({ length: 1000 }, () => ""),
      ) - empty,
    ).toBeGreaterThanOrEqual(1000);
    expect(cost(`b|${"c".repeat(1000)}`, []) - empty).toBeGreaterThanOrEqual(1000);
    const poor = { ...argumentTarget(["a".repeat(1000)], "/w"), budget: { steps: 900 } };
    expect(matchArguments("b", poor)).toBe("unsupported");
  });
});
