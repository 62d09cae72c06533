import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ServiceError } from "./errors.ts";
import { neverCarried, tricky, variableName } from "./hostile-text.test.support.ts";
import { exportLines, quoteForShell, shownCommand } from "./shell-text.ts";

const carried = tricky.filter((text) => !neverCarried.test(text));

describe.each(["dash", "bash"])("%s", (shell) => {
  test("gets every word as it was", () => {
    fc.assert(
      fc.property(fc.array(carried, { maxLength: 30 }), (words) => {
        const script = `printf '%s\\0' ${words.map((word) => quoteForShell(word)).join(" ")}`;
        const said = execFileSync(shell, ["-c", script], {
          stdio: ["ignore", "pipe", "pipe"],
          encoding: "utf8",
        });
        expect(said).toBe(words.length === 0 ? "\0" : words.map((word) => `${word}\0`).join(""));
      }),
      { numRuns: 60 },
    );
  });

  test("sets every variable as it was", () => {
    const names = variableName.map((name) => `T_${name}`);
    fc.assert(
      fc.property(fc.dictionary(names, carried, { minKeys: 1 }), (variables) => {
        const script = `${exportLines(new Map(Object.entries(variables)), "variable")}exec env -0`;
        const said = execFileSync(shell, ["-c", script], {
          stdio: ["ignore", "pipe", "pipe"],
          encoding: "utf8",
          env: {},
        });
        for (const [name, value] of Object.entries(variables))
          expect(said.split("\0")).toContain(`${name}=${value}`);
      }),
      { numRuns: 60 },
    );
  });
});

test.each(["a\nb", "a\rb", "a\0b", "\ud800"])("%j is refused", (text) => {
  expect(() => quoteForShell(text)).toThrow(ServiceError);
});

test("a command for a person", () => {
  expect(shownCommand(["systemctl", "--user", "start", "a b's"], { X: "/run/user/1" })).toBe(
    "X=/run/user/1 systemctl --user start 'a b'\\''s'",
  );
});
