import { describe, expect, it } from "vitest";
import { LIMITS, parseWith, skillBinsResultSchema, systemRunPrepareParamsSchema } from "./index.ts";

describe("the answer to `skills.bins`", () => {
  const read = (answer: unknown): unknown => {
    const parsed = parseWith(skillBinsResultSchema, answer, "answer");
    return parsed.ok ? parsed.value : parsed.error.code;
  };

  it("is a list of names, and later fields are no harm", () => {
    expect(read({ bins: ["rg", "jq"], updatedAtMs: 1 })).toEqual({ bins: ["rg", "jq"] });
    expect(read({ bins: [] })).toEqual({ bins: [] });
  });

  it.each([
    ["no object", null],
    ["no list", {}],
    ["a list of something else", { bins: ["rg", 1] }],
    ["an endless list", { bins: Array.from({ length: LIMITS.skillBins + 1 }, (_, at) => `b${at}`) }],
    ["an endless name", { bins: ["x".repeat(LIMITS.nameChars + 1)] }],
  ])("%s is refused whole", (_what, answer) => {
    expect(read(answer)).toBe("invalid-field");
  });
});

describe("`strictInlineEval` of a prepare", () => {
  const read = (value: unknown): unknown => {
    const params = { command: ["ls"], strictInlineEval: value };
    const parsed = parseWith(systemRunPrepareParamsSchema, params, "params");
    return parsed.ok ? parsed.value.strictInlineEval : parsed.error.message;
  };

  it("is a flag, and null is absent", () => {
    expect([true, false, null, undefined].map(read)).toEqual([true, false, undefined, undefined]);
  });

  it.each(["true", 1, {}])("%j is refused, never read as off", (value) => {
    expect(read(value)).toMatch(/strictInlineEval/u);
  });
});
