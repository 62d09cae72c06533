import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rawCommandFits, shownCommand } from "./shown-command.ts";

test.each([
  [["echo", "hi"], "echo hi"],
  [["echo", "a b", ""], 'echo "a b" ""'],
  [["echo", 'say "hi"'], 'echo "say \\"hi\\""'],
  [["echo", "a\tb"], 'echo "a\tb"'],
])("%j reads %s", (argv, text) => {
  expect(shownCommand(argv)).toBe(text);
});

test("a command always fits its own text", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (argv) => {
      expect(rawCommandFits(shownCommand(argv), argv)).toBe(true);
    }),
  );
});

test("no text fits a command with one argument more or less", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), word, (argv, more) => {
      const longer = [...argv, more];
      expect(rawCommandFits(shownCommand(longer), argv)).toBe(false);
      expect(rawCommandFits(shownCommand(argv), longer)).toBe(false);
    }),
  );
});

test.each([
  [["/bin/sh", "-c", "echo hi", "extra"], "echo hi"],
  [["/bin/sh", "-x", "echo hi"], "echo hi"],
  [["env", "sh", "-c", "echo hi"], "echo hi"],
  [["python", "-c", "echo hi"], "echo hi"],
])("%j is no plain shell wrapper", (argv, raw) => {
  expect(rawCommandFits(raw, argv)).toBe(false);
});
