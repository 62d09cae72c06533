import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
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
  ["  git\tx \t", ["git", "x"]],
  ['git "a\'b" x', ["git", "a'b", "x"]],
  [`git 'a"b'`, ["git", 'a"b']],
  [`powershell -NoProfile -Command "git x"`, ["git", "x"]],
  [`pwsh -c & 'git' x`, ["git", "x"]],
  [`pwsh -c " pwsh -c ' git x '"`, ["git", "x"]],
  // Quotes around a part are no layer.
  [`pwsh -c 'git' "x"`, ["git", "x"]],
  [`"git x" 'y'`, ["git x", "y"]],
])("%j is %j", (text, argv) => {
  expect(readWindowsText(text)).toEqual({ ok: true, argv });
});

test.each([
  ["", "empty command", 0],
  ["   ", "empty command", 0],
  ["pwsh -c ''", "empty command", 0],
  ["git `x", "token ```", 4],
  ['git "`x"', "token ```", 5],
  ["git '%x%'", "token `%`", 5],
  ["git \u201cx\u201d", "token `\u201c`", 4],
  ['git "x', "open quote", 6],
  ["git 'x''", "open quote", 8],
  [`${"& ".repeat(6)}git`, "token `&`", 0],
])("%j is refused: %s at %i", (text, construct, offset) => {
  expect(readWindowsText(text)).toEqual({ ok: false, problem: { construct, offset } });
});

test("a text has a size, in bytes", () => {
  const fits = `git ${"x".repeat(LIMITS.shellTextBytes - 4)}`;
  expect(readWindowsText(fits).ok).toBe(true);
  expect(readWindowsText(`${fits}x`)).toMatchObject({
    problem: { construct: "text larger than 65536 bytes" },
  });
  expect(readWindowsText(`git ${"é".repeat(LIMITS.shellTextBytes / 2)}`).ok).toBe(false);
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
