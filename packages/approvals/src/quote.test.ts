import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { quoteArgv } from "./quote.ts";

test.each([
  [["ls", "-la", "/tmp/a-b"], "ls -la /tmp/a-b"],
  [["a b", "", "it's"], String.raw`'a b' '' 'it'\''s'`],
  [["ünïcode", "日本 語"], "'ünïcode' '日本 語'"],
  [["a\nb\t\u0007\r"], String.raw`$'a\nb\t\x07\r'`],
  [["safe\u202egnp.exe"], String.raw`$'safe\u202egnp.exe'`],
  [["a\u00a0b", "a\u200bb"], String.raw`$'a\u00a0b' $'a\u200bb'`],
  [["\u0301x"], String.raw`$'\u0301x'`],
  [["a’ b"], String.raw`$'a\u2019 b'`],
  [["\u{e0041}\\'"], String.raw`$'\U000e0041\\\''`],
])("%j", (argv, expected) => {
  expect(quoteArgv(argv)).toBe(expected);
});

test("what is shown is visible, on one line, and means exactly the argv", () => {
  const word = fc
    .string({ unit: "binary", maxLength: 8 })
    .map((text) => text.replaceAll(/[\0\p{Surrogate}]/gu, ""));
  const argvs = fc.sample(fc.array(word, { minLength: 1, maxLength: 4 }), 200);
  const shown = argvs.map(quoteArgv);
  for (const text of shown) {
    expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
    expect(text).not.toMatch(/[^\P{Zs} ]/u);
  }
  const script = shown.map((text) => `printf '%s\\0' ${text}; printf '\\n\\0'`).join("\n");
  const { stdout } = spawnSync("/bin/bash", ["--norc"], { input: script, env: { LC_ALL: "C.UTF-8" } });
  const expected = argvs.flatMap((argv) => [...argv, "\n"]);
  expect(stdout.toString("utf8").split("\0").slice(0, -1)).toEqual(expected);
});
