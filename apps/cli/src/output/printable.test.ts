import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonLine, jsonPretty, printable, terminalText } from "./printable.ts";

/** Anything that a terminal could obey, as a reader of the output would check it. */
const ACTS = /\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\u001b[2J",
      "\u009b31m",
      "\u202e",
      "\u0007",
      "\r",
      "\n",
      "\t",
      "é",
      "端",
      "👨‍👩‍👧",
      "\ud800",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

describe("printable", () => {
  test("shows what acts on a terminal instead of passing it on", () => {
    expect(printable("a\u001b[31mb\u202ec\n")).toBe(String.raw`a\u001b[31mb\u202ec\u000a`);
    expect(printable("\u{e0041}x")).toBe(String.raw`\u{e0041}x`);
  });

  test("leaves names of all scripts alone", () => {
    for (const name of ["Büro Mac-mini", "端末サーバー東京", "שרת", "Kühlschrank 🧊", "naïve"])
      expect(printable(name)).toBe(name);
  });

  test("never lets an acting character through", () => {
    fc.assert(fc.property(hostile, (text) => !ACTS.test(printable(text))));
  });
});

describe("terminalText", () => {
  test("keeps lines and tabs, shows escapes and lone carriage returns", () => {
    expect(terminalText("a\tb\r\nc\rd\u001b]0;x\u0007\n")).toBe(
      "a\tb\r\nc" + String.raw`\u000dd\u001b]0;x\u0007` + "\n",
    );
  });

  test("never lets an escape through", () => {
    fc.assert(fc.property(hostile, (text) => !/(?![\t\n\r])\p{Cc}/u.test(terminalText(text))));
  });
});

describe("jsonLine and jsonPretty", () => {
  test("are the same value, on one line or several, and act on nothing", () => {
    fc.assert(
      fc.property(fc.record({ text: hostile, list: fc.array(fc.jsonValue()) }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const line = jsonLine(value);
        expect(JSON.parse(line)).toEqual(plain);
        expect(ACTS.test(line.slice(0, -1))).toBe(false);
        expect(JSON.parse(jsonPretty(value))).toEqual(plain);
        expect(ACTS.test(jsonPretty(value).replaceAll("\n", ""))).toBe(false);
      }),
    );
  });
});
