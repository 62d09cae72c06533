import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  bodyFields,
  booleanField,
  listField,
  numberField,
  queryFields,
  rawTextField,
  textField,
  timeField,
} from "./fields.ts";

const of = (value: unknown): ReturnType<typeof bodyFields> => bodyFields({ it: value });

describe("fields", () => {
  it("read as the recorded hosts read them", () => {
    expect([" a ", 5, true, "", "  ", null, {}, ["a"]].map((value) => textField(of(value), "it"))).toEqual([
      "a",
      "5",
      "true",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(
      ["5", " 5.5 ", 7, "", "x", "Infinity", Number.NaN, true, null].map((value) =>
        numberField(of(value), "it"),
      ),
    ).toEqual([5, 5.5, 7, undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(
      [true, "TRUE", 1, "1", "yes", false, "no", 0, "0", "maybe", 2, null].map((value) =>
        booleanField(of(value), "it"),
      ),
    ).toEqual([true, true, true, true, true, false, false, false, false, undefined, undefined, undefined]);
    expect(listField(of(["a", "", 5, null, " b "]), "it")).toEqual(["a", "5", "b"]);
    expect(listField(of("a"), "it")).toBeUndefined();
    expect(rawTextField(of(" a "), "it", 5)).toBe(" a ");
    expect(textField(queryFields(new Map([["it", "x"]])), "it")).toBe("x");
  });

  it("hold nothing that a body did not say itself", () => {
    for (const body of [undefined, null, 5, "it", [], [1], () => 1]) {
      expect(bodyFields(body)("it")).toBeUndefined();
      expect(bodyFields(body)("length")).toBeUndefined();
    }
    expect(bodyFields({})("constructor")).toBeUndefined();
    expect(bodyFields({})("__proto__")).toBeUndefined();
  });

  it("never fail but with a refusal, and keep times in their bounds", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const fields = of(value);
        numberField(fields, "it");
        booleanField(fields, "it");
        const time = timeField(fields, "it", { usual: 8_000, least: 500, most: 60_000 });
        expect(time).toBeGreaterThanOrEqual(500);
        expect(time).toBeLessThanOrEqual(60_000);
      }),
    );
    for (const read of [
      () => textField(of("x".repeat(10_000)), "it"),
      () => rawTextField(of("xxx"), "it", 2),
      () => listField(of(Array.from({ length: 300 }, () => "x")), "it"),
    ])
      expect(read).toThrow(/^it is over its limit of \d+; shorten it$/);
  });
});
