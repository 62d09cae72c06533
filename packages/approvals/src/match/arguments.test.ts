import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cwdArgvPattern, isHashable } from "./argument-hash.ts";
import { LIMITS } from "../limits.ts";
import { argumentTarget } from "../testing/argument-target.test.support.ts";
import { matchArguments } from "./arguments.ts";

const match = (pattern: string, args: readonly string[], cwd: string = "/w"): string =>
  matchArguments(pattern, argumentTarget(args, cwd));

test("the generated hash agrees with the recorded ones", () => {
  expect(cwdArgvPattern("/work/dir", ["a", "b c"])).toBe(
    "sha256:cwd-argv:v1:f726ffb94ea51cf5191173ca6425503831cbbe8902831f67ac5930c3de9614b4",
  );
  expect(cwdArgvPattern("/w", [])).toBe(
    "sha256:cwd-argv:v1:c1a4f65df3c50c2fd874d9f8689636bcb6b5d0a71a48bdec52cd44dddc90bbec",
  );
});

test("the generated hash tells directories and arguments apart", () => {
  const pattern = cwdArgvPattern("/w", ["a", "b"]);
  expect(match(pattern, ["a", "b"])).toBe("yes");
  for (const args of [["a b"], ["a"], ["a", "b", ""], ["b", "a"]]) {
    expect(match(pattern, args)).toBe("no");
  }
  expect(match(pattern, ["a", "b"], "/w/")).toBe("no");
});

test("directories are one however they are written", () => {
  expect(cwdArgvPattern("/a//b/./c/../d", [])).toBe(cwdArgvPattern("/a/b/d", []));
  expect(cwdArgvPattern("C:\\a\\b", [])).toBe(cwdArgvPattern("C:/a/b", []));
  expect(cwdArgvPattern("/a/", [])).not.toBe(cwdArgvPattern("/a", []));
  // Nothing lies above the root, of a drive as well.
  expect(cwdArgvPattern("/../a", [])).toBe(cwdArgvPattern("/a", []));
  expect(cwdArgvPattern("C:/../a", [])).toBe(cwdArgvPattern("C:/a", []));
  expect(cwdArgvPattern("C:///a", [])).toBe(cwdArgvPattern("C:/a", []));
  expect(cwdArgvPattern("/./", [])).toBe(cwdArgvPattern("/", []));
  expect(cwdArgvPattern("/a/C:/b", [])).not.toBe(cwdArgvPattern("C:/b", []));
  expect(cwdArgvPattern("C:/a", [])).not.toBe(cwdArgvPattern("/a", []));
});

test("only a directory whose hash is its own is hashed", () => {
  expect(["/a/b", "C:\\a", "C:/a\\b"].map(isHashable)).toEqual([true, true, true]);
  // On POSIX another directory has the same hash.
  expect(isHashable("/a\\b")).toBe(false);
});

test.each([
  ["^a\0b\0$", ["a", "b"], "yes"],
  ["^a\0b\0$", ["a b"], "no"],
  ["^a\0b\0$", ["a", "b", ""], "no"],
  ["^\0\0$", [], "yes"],
  ["^\0\0$", ["", ""], "no"],
  ["^\0$", [""], "yes"],
  [String.raw`^a\.c` + "\0$", ["a.c"], "yes"],
  [String.raw`^a\.c` + "\0$", ["abc"], "no"],
  ["^a.c\0$", ["abc"], "yes"],
  ["^a .*\0$", ["a b c"], "yes"],
  // Nothing but a NUL byte matches the end of an argument.
  ["^a.*\0$", ["a", "--evil"], "no"],
  ["^[^x]*\0$", ["a", "b"], "no"],
  ["^(?:[a-z]+\0)+$", ["a", "bc"], "yes"],
  ["^[\0-a]\0$", ["a"], "unsupported"],
  ["^a$", ["a"], "yes"],
  ["^a b$", ["a", "b"], "yes"],
  // A space inside of an argument is no space between two.
  ["^a b$", ["a b"], "no"],
  [String.raw`^a\sb$`, ["a b"], "no"],
  ["^a .*$", ["a", "b c", "d"], "yes"],
  ["^a [^ ]+$", ["a", "b c"], "no"],
  // The whole, not a part.
  ["a", ["xxa", "--rm"], "no"],
  ["^a", ["a", "b"], "no"],
  ["^a$", ["a\nb"], "no"],
  ["^a.b$", ["a\nb"], "no"],
  ["^$", [], "yes"],
  ["^$", [""], "no"],
  ["^a|b$", ["b"], "yes"],
  [String.raw`^(status|log)\b.*$`, ["log", "-n", "5"], "yes"],
  [String.raw`^(status|log)\b.*$`, ["logs"], "no"],
  [String.raw`^-n \d{1,3}$`, ["-n", "1234"], "no"],
  ["^(a+)+$", ["a".repeat(1000)], "yes"],
  ["^(a|b", ["a"], "unsupported"],
  ["(", ["("], "unsupported"],
  ["^(?=a)a$", ["a"], "unsupported"],
  [String.raw`^(a)\1$`, ["aa"], "unsupported"],
  ["^(?<n>a)$", ["a"], "unsupported"],
  ["a{2,1}", ["aa"], "unsupported"],
  ["^*", [], "unsupported"],
  ["((a{1000}){1000}){1000}", ["a"], "unsupported"],
  ["((){9999}){9999}", [""], "unsupported"],
  ["(".repeat(100) + ")".repeat(100), [], "unsupported"],
  ["", [], "unsupported"],
  ["sha256:argv:00", [], "no"],
  ["sha256:argv:00", ["sha256:argv:00"], "no"],
  ["00:sha256:", ["00:sha256:"], "yes"],
  [" ", ["", ""], "unsupported"],
  ["a^b", ["ab"], "no"],
  ["a$b", ["ab"], "no"],
  [String.raw`\bab\b`, ["ab"], "yes"],
  [String.raw`\Bab`, ["ab"], "no"],
  [String.raw`\B-\b a`, ["-", "a"], "no"],
  [String.raw`\.x61`, [".x61"], "yes"],
  ["^ a$", ["", "a"], "yes"],
  ["^a $", ["a", ""], "yes"],
  [String.raw`^a\b.$`, ["a", ""], "yes"],
  [String.raw`^a\Bb$`, ["ab"], "yes"],
] as const)("%j on %j: %s", (pattern, args, expected) => {
  expect(match(pattern, args)).toBe(expected);
});

test("an exact list matches itself and nothing else", () => {
  const argument = fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replaceAll("\0", ""));
  const exact = (args: readonly string[]): string =>
    args.length === 0
      ? "^\0\0$"
      : `^${args.map((text) => `${text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`)}\0`).join("")}$`;
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 4 }), fc.array(argument, { maxLength: 4 }), (left, right) => {
      fc.pre(!(left.length === 2 && left.every((text) => text === "")));
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(match(exact(left), left)).toBe("yes");
      expect(match(exact(left), right)).toBe(same ? "yes" : "no");
    }),
  );
});

const syntax: fc.Arbitrary<string> = fc.letrec<{ part: string; all: string }>((tie) => ({
  part: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ..."a b - . \\d \\w \\s \\S [ab] [^a] [a-c-] \\. \\x61 \\u0062 é".split(" "),
        " ",
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom("^", "$", "\\b", "\\B") },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("all"), fc.constantFrom("", "*", "+", "?", "*?", "{2}", "{1,2}", "{0,}"))
        .map(([all, times]) => `(?:${all})${times}`),
    },
    { weight: 1, arbitrary: tie("all").map((all) => `(${all})`) },
  ),
  all: fc
    .array(fc.oneof({ weight: 5, arbitrary: tie("part") }, fc.constant("|")), { maxLength: 5 })
    .map((parts) => parts.join("")),
})).all;
const argumentList = fc.array(
  fc.string({ unit: fc.constantFrom(...Array.from("ab-.1 é\n")), maxLength: 4 }),
  { maxLength: 3 },
);

test("what matches here matches in JavaScript; without spaces inside also the other way round", () => {
  fc.assert(
    fc.property(syntax, argumentList, fc.boolean(), (source, args, nul) => {
      fc.pre(source.trim() !== "");
      const pattern = nul ? `${source}\0` : source;
      const joined = nul
        ? args.length === 0
          ? "\0\0"
          : args.map((each) => `${each}\0`).join("")
        : args.join(" ");
      const expected = new RegExp(`^(?:${pattern})$`, "u").test(joined);
      const found = match(pattern, args);
      expect(found).not.toBe("unsupported");
      expect(found === "no" || expected).toBe(true);
      const plain = !nul && !args.some((each) => each === "" || each.includes(" "));
      expect(plain ? found : "not compared").toBe(plain ? (expected ? "yes" : "no") : "not compared");
    }),
    { numRuns: 3000 },
  );
});

test("no pattern and no text takes longer than the budget", () => {
  const target = argumentTarget(["a".repeat(100_000)], "/w");
  expect(matchArguments("^(a|aa|a?b*|(a|b)*)*c$", target)).toBe("unsupported");
  expect(target.budget.steps).toBeLessThan(0);
  expect(target.budget.steps).toBeGreaterThan(-LIMITS.argPatternStates);
  // What is left for the next entry is nothing.
  expect(matchArguments("^a.*$", target)).toBe("unsupported");
});
