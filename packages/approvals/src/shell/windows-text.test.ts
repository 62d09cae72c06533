import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readWindowsText } from "./windows-text.ts";

interface TextCase {
  readonly id: string;
  readonly topic: string;
  readonly request: { readonly rawCommand: string };
  readonly expected: { readonly outcome: string; readonly reason: string; readonly argv?: readonly string[] };
}

const cases = (
  JSON.parse(readFileSync(new URL("../fixtures/approvals-cases.json", import.meta.url), "utf8")) as TextCase[]
).filter(({ topic }) => topic === "windows-shell-text");

test("the recorded texts are all there", () => {
  expect(cases).toHaveLength(23);
});

/** What a recorded result is in our words. */
function expectedResult({ outcome, reason, argv }: TextCase["expected"]): unknown {
  if (outcome === "allow") return { ok: true, argv };
  const token = /token: (\S+)$/u.exec(reason)?.[1];
  const named = token === "newline" ? "line break or control character" : `token \`${token ?? ""}\``;
  return { ok: false, problem: { construct: token === undefined ? "open quote" : named } };
}

test.each(cases.map((each) => [each.request.rawCommand, each] as const))("%j", (text, { expected }) => {
  expect(readWindowsText(text)).toMatchObject(expectedResult(expected) as object);
});

test.each([
  ["git 'it''s'", ["git", "it's"]],
  ['git "" x', ["git", "", "x"]],
  ['git a"b c"d', ["git", "ab cd"]],
  ["& & git x", ["git", "x"]],
])("%j is %j", (text, argv) => {
  expect(readWindowsText(text)).toEqual({ ok: true, argv });
});

test("every text has an answer, and nothing that expands gets through", () => {
  const texts = fc.string({ unit: fc.constantFrom(...Array.from("ab\"'&|%$({` \t\n!^")) });
  fc.assert(
    fc.property(texts, (text) => {
      const read = readWindowsText(text);
      expect(read.ok ? read.argv.join(" ") : "").not.toMatch(/[%`\n]|\$[({A-Za-z_?$]/u);
    }),
  );
});
