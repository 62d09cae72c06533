import { describe, expect, test } from "vitest";

import { plainSpecifiers, plainVariables, splitSystemdWords } from "./systemd-words.ts";

// Expected values: manual pages systemd.syntax and systemd.service of systemd 252.
describe("words", () => {
  test.each([
    ["", []],
    ["  a  b\tc ", ["a", "b", "c"]],
    [`"a b" 'c d' e`, ["a b", "c d", "e"]],
    [`a"b c"d`, ["ab cd"]],
    [`"" ''`, ["", ""]],
    [`"it's" 'a "b"'`, ["it's", 'a "b"']],
    [String.raw`a\sb \"x \\ '\''`, ["a b", '"x', "\\", "'"]],
    [String.raw`"\t\x41\101\u00e9\U0001f600"`, ["\tAA\u00e9\u{1f600}"]],
    ['a;b ";" ;c', ["a;b", ";", ";c"]],
    ["\u00a0", ["\u00a0"]],
  ])("%j", (text, words) => {
    expect(splitSystemdWords(text)).toEqual(words);
  });

  test.each([
    '"open',
    "'open",
    "end\\",
    "\\q",
    "\\;",
    "\\x4",
    "\\u12",
    "\\x00",
    "\\xff",
    "\\U00110000",
    "a ; b",
    ";",
  ])("%j is refused", (text) => {
    expect(splitSystemdWords(text)).toBeUndefined();
  });
});

test("specifiers and variables: doubled signs are read, everything else has no known value", () => {
  expect(["50%%", "%%%%h", "%h", "%", "%%%h"].map(plainSpecifiers)).toEqual([
    "50%",
    "%%h",
    undefined,
    undefined,
    undefined,
  ]);
  expect(["$$HOME", "a$$$$", "$HOME", "x${HOME}", "x$HOME", "$$${X}", "1$"].map(plainVariables)).toEqual([
    "$HOME",
    "a$$",
    undefined,
    undefined,
    "x$HOME",
    undefined,
    "1$",
  ]);
});
