import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSpan, spanOption } from "./span.ts";
import { inputOf } from "./host/scratch.test.support.ts";

describe("parseSpan", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["5 min", 300_000],
    ["1h30m", 5_400_000],
    ["3d", 259_200_000],
    ["0s", 0],
  ])("reads %s", (text, ms) => expect(parseSpan(text)).toBe(ms));

  it.each(["", "2", "h", "-2h", "2.5h", "2h ago", "1e3s", "9999999s", "2H"])(
    "does not guess at `%s`",
    (text) => expect(parseSpan(text)).toBeUndefined(),
  );

  it("gives a number or nothing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseSpan(text);
        expect(ms === undefined || Number.isSafeInteger(ms)).toBe(true);
      }),
    );
  });
});

describe("spanOption", () => {
  it.each([
    ["soon", /is no span/u],
    ["0s", /no time at all/u],
    ["3d", /is over 1 days/u],
  ])("refuses `%s`", (text, why) => {
    expect(() => spanOption(inputOf({ for: text }), "for", 86_400_000)).toThrow(why);
  });
});
