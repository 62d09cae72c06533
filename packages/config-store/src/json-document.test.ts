import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { StoreError } from "./errors.ts";
import { parseJsonDocument } from "./json-document.ts";
import { findJsonFault } from "./json-scanner.ts";

/** "line:column problem", or "none". */
function fault(text: string, maxDepth = 64): string {
  try {
    parseJsonDocument(text, { what: "the test text", maxDepth });
    return "none";
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "bad-json") throw error;
    const { line, column } = error.details;
    const sentence =
      /^the test text is not usable JSON at line (\d+), column (\d+): (.*); correct it there or restore it from a copy$/s;
    const [, saidLine, saidColumn, problem] = sentence.exec(error.message) ?? [];
    if (Number(saidLine) !== line || Number(saidColumn) !== column) return error.message;
    return `${line}:${column} ${problem}`;
  }
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

describe("faults and their places", () => {
  test.each([
    ["", "1:1 expected a value, found the end of the text"],
    ["{", '1:2 expected a key in `"` or `}`, found the end of the text'],
    ['{"a":1,}', '1:8 expected a key in `"`, found `}`'],
    ['{"a" 1}', "1:6 expected `:`, found `1`"],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 expected `,` or `}`, found `"`'],
    ["[1,\r\n\r\n 2 3]", "3:4 expected `,` or `]`, found `3`"],
    ["[1] x", "1:5 expected the end of the text, found `x`"],
    ["\uFEFF{}", "1:1 expected a value, found `\\u{feff}`"],
    ["[\u202E]", "1:2 expected a value, found `\\u{202e}`"],
    ['["\u0001"]', "1:3 a control character in a string must be escaped"],
    ['["ab\\x"]', "1:5 unknown escape after `\\` in a string"],
    ['"abc', '1:5 expected `"` at the end of the string, found the end of the text'],
    ["// note\n{}", "1:1 expected a value, found `/`"],
    ["[01]", "1:3 expected `,` or `]`, found `1`"],
    ["[😀]", "1:2 expected a value, found `😀`"],
    ['{"a":1,\n "a":2}', "2:2 the key `a` appears twice"],
    ['{"a":1,"\\u0061":2}', "1:8 the key `a` appears twice"],
    ['{"x":{"__proto__":1}}', "1:7 the key `__proto__` is not allowed"],
    ['{"\\u005f_proto__":1}', "1:2 the key `__proto__` is not allowed"],
  ])("%j", (text, expected) => {
    expect(fault(text)).toBe(expected);
  });

  test("the same key in different objects is fine", () => {
    expect(fault('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toBe("none");
    expect(fault('{"constructor":1,"toString":2}')).toBe("none");
  });

  test("depth has a bound, up to which everything is read", () => {
    expect(fault(nested(64))).toBe("none");
    expect(fault(nested(65))).toBe("1:65 nested too deep");
    expect(fault(nested(1), 0)).toBe("1:1 nested too deep");
    expect(fault(nested(1_000_000), Number.POSITIVE_INFINITY)).toBe("1:1001 nested too deep");
  });

  test("large flat text is walked in linear time and without deep recursion", () => {
    const text = `{"a":"${"x".repeat(1_000_000)}","b":[${"1,".repeat(200_000)}1]}`;
    expect(fault(text)).toBe("none");
    expect(fault(`{"a":"${"\\n".repeat(500_000)}`)).toMatch(/^1:1000007 expected/);
  });
});

function engineAccepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The two things that JSON.parse lets pass and we do not. */
const ours = /appears twice|`__proto__` is not allowed/;

const scraps = fc.constantFrom(
  ..."{ } [ ] : , \" \\ \n \r \t - + . e E 0 1 2 3 a f t n / ' u".split(" "),
  " ",
  '"a"',
  '"b"',
  '"\\u0061"',
  "true",
  "false",
  "null",
  "-0",
  "1e5",
  "NaN",
  "Infinity",
  "\u2028",
  "\u0000",
  "\uFEFF",
  "😀",
  "\uD800",
);

describe("against JSON.parse", () => {
  test("values that were written are read back", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('"__proto__":'));
        expect(parseJsonDocument(text, { what: "x" })).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test("scraps of JSON: the same texts are accepted", () => {
    fc.assert(
      fc.property(fc.array(scraps, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const found = fault(text);
        fc.pre(!ours.test(found));
        expect(found === "none").toBe(engineAccepts(text));
      }),
      { numRuns: 20_000 },
    );
  });

  test("one damaged place in a good text: the same verdict, and everything before the fault is sound", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), scraps, (value, seed, scrap) => {
        const text = JSON.stringify(value, null, 1);
        const at = seed % (text.length + 1);
        const damaged = text.slice(0, at) + scrap + text.slice(at + (seed % 2));
        const found = findJsonFault(damaged, 64);
        fc.pre(found === undefined || !ours.test(found.problem));
        expect(found === undefined).toBe(engineAccepts(damaged));
        const offset = found?.offset ?? damaged.length;
        const before = findJsonFault(damaged.slice(0, offset), 64);
        expect([undefined, offset]).toContain(before?.offset);
      }),
      { numRuns: 5_000 },
    );
  });

  test("a repeated key is found where it stands again", () => {
    const keySets = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(keySets, fc.nat(), (keys, pick) => {
        fc.pre(!keys.includes("__proto__"));
        const again = keys[pick % keys.length] ?? "";
        const lines = [...keys, again].map((key, index) => `${JSON.stringify(key)}:${index}`);
        const found = fault(`{\n${lines.join(",\n")}}`);
        expect(found.slice(0, found.indexOf("`"))).toBe(`${keys.length + 2}:1 the key `);
        expect(found).toMatch(/ appears twice$/);
      }),
    );
  });
});
