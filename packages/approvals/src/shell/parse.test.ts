import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { shellTexts } from "../testing/shell-text.test.support.ts";
import { parseShellText, type ShellParse } from "./parse.ts";
import { rebuildShellText } from "./rebuild.ts";

const words = (parsed: ShellParse): unknown =>
  parsed.ok ? parsed.value.commands.map((command) => command.map(({ value }) => value)) : parsed.problem;

describe("texts of the common grammar", () => {
  test.each([
    ["ls -la /tmp", [["ls", "-la", "/tmp"]]],
    ["a && b || c ; d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["a&&b||c;d|e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["  a\tb ;", [["a", "b"]]],
    ["git commit -m 'it''s \"fine\" $HOME'", [["git", "commit", "-m", 'its "fine" $HOME']]],
    [String.raw`echo "a \"b\" \\ \a \$x"`, [["echo", String.raw`a "b" \ \a $x`]]],
    [String.raw`a\ b \;c`, [["a b", ";c"]]],
    ["my\"to\"'ol' ''", [["mytool", ""]]],
    ["git show HEAD~1 HEAD^ a@b k=v", [["git", "show", "HEAD~1", "HEAD^", "a@b", "k=v"]]],
    [
      "[ -f x ] && grep -v '#' ünïcode 日本",
      [
        ["[", "-f", "x", "]"],
        ["grep", "-v", "#", "ünïcode", "日本"],
      ],
    ],
    ["[ a != b ]", [["[", "a", "!=", "b", "]"]]],
    ["a '1\n2'", [["a", "1\n2"]]],
    ["say hello! a#b", [["say", "hello!", "a#b"]]],
  ])("%s", (text, expected) => {
    expect(words(parseShellText(text, "posix"))).toEqual(expected);
  });
});

describe("everything else is named with its place", () => {
  test.each([
    ["a $HOME", "expansion `$`", 2],
    ['a "$HOME"', "expansion `$`", 3],
    ["a `b`", "command substitution", 2],
    ["a > f", "redirection", 2],
    ["a 2>&1", "redirection", 3],
    ["a < f", "redirection", 2],
    ["a & b", "background command `&`", 2],
    ["a |& b", "operator `|&`", 2],
    ["a ;; b", "operator `;;`", 2],
    ["a\nb", "line break", 1],
    ["a \r b", "line break", 2],
    ["a \\\nb", "backslash", 2],
    ["a \\", "backslash", 2],
    ['a "b\\\nc"', "line continuation", 4],
    ["(a)", "parenthesis", 0],
    ["{ a; }", "brace", 0],
    ["a {b,c}", "brace", 2],
    ["a *.c", "file name pattern `*`", 2],
    ["a b?", "file name pattern `?`", 3],
    ["a [bc]", "file name pattern `[`", 2],
    ["[[ a ]]", "file name pattern `[`", 0],
    ["~/a", "home directory `~`", 0],
    ["a ~", "home directory `~`", 2],
    ["a b=~/c", "home directory `~`", 4],
    ["a x:~", "home directory `~`", 4],
    ["! a", "negation", 0],
    ["a !b", "negation", 2],
    ["a # b", "comment", 2],
    ["A=1 b", "assignment", 0],
    ["A=1", "assignment", 0],
    ["if a", "reserved word `if`", 0],
    ["a; do b", "reserved word `do`", 3],
    ["time a", "reserved word `time`", 0],
    ["- a", "reserved word `-`", 0],
    ["%1", "job", 0],
    ["'' a", "empty command name", 0],
    ["", "empty command", 0],
    ["a |", "empty command", 3],
    ["a && ", "empty command", 5],
    ["&& a", "empty command", 0],
    ["a ; ; b", "empty command", 4],
    [";", "empty command", 0],
    ["a 'b", "unterminated quote", 2],
    ['a "b', "unterminated quote", 2],
    ['a "`b`"', "command substitution", 3],
    ['a "$b"', "expansion `$`", 3],
    ['a "\\\n"', "line continuation", 3],
    ['a "\\\r"', "line continuation", 3],
    ['a "b\\', "unterminated quote", 2],
    ["a\\", "backslash", 1],
    ["a \\é", "backslash", 2],
    ["a[", "file name pattern `[`", 1],
    ["a [", "file name pattern `[`", 2],
    ["a=[", "file name pattern `[`", 2],
    ["a;&b", "operator `;&`", 1],
    ["a 'bc\u0007'", "control character", 5],
    ["\ud800", "invalid character", 0],
    ["a\u00a0b", "blank or invisible character", 1],
    ["a \u200b", "blank or invisible character", 2],
    ["a \u202e", "blank or invisible character", 2],
    ["a \u0007", "blank or invisible character", 2],
    ["a '\u0007'", "control character", 3],
    ['a "\u0000"', "control character", 3],
    ["a \ud800", "invalid character", 2],
  ])("%j", (text, construct, offset) => {
    expect(parseShellText(text, "posix")).toEqual({ ok: false, problem: { construct, offset } });
  });

  test.each(["a =b", "a b#c", "a b~c", "a b^c"])("%s only where the shell is zsh", (text) => {
    expect(parseShellText(text, "zsh").ok).toBe(false);
    expect(parseShellText(text, "posix").ok).toBe(true);
  });

  test.each([
    "i'f' a",
    String.raw`i\f a`,
    "a b=c~",
    "a ~b".replace("~", "x~"),
    "[",
    "a b !=",
    "a b[".replace("[", "'['"),
  ])("%s is plain", (text) => {
    expect(parseShellText(text, "posix").ok).toBe(true);
  });

  test("zsh is told why", () => {
    const problem = (text: string): unknown => {
      const parsed = parseShellText(text, "zsh");
      return parsed.ok ? undefined : parsed.problem.construct;
    };
    expect(["a b^c", "a =b", "a = b"].map(problem)).toEqual([
      "file name pattern `^`",
      "expansion `=`",
      undefined,
    ]);
  });

  test("limits are refusals", () => {
    const problemOf = (text: string): unknown => {
      const parsed = parseShellText(text, "posix");
      return parsed.ok ? undefined : parsed.problem.construct;
    };
    expect(problemOf("a".repeat(LIMITS.shellTextBytes + 1))).toBe("text larger than 65536 bytes");
    expect(problemOf("a;".repeat(LIMITS.shellCommands + 1))).toBe("more than 64 commands");
    expect(problemOf("a ".repeat(LIMITS.shellWords + 1))).toBe("more than 4096 words");
    const long = "a".repeat(LIMITS.shellTextBytes);
    expect(parseShellText(long, "posix").ok).toBe(true);
    expect(parseShellText(`${long}a`, "posix").ok).toBe(false);
    expect(parseShellText("a;".repeat(LIMITS.shellCommands), "posix").ok).toBe(true);
    expect(parseShellText("a;".repeat(LIMITS.shellCommands + 1), "posix").ok).toBe(false);
    expect(parseShellText("a ".repeat(LIMITS.shellWords), "posix").ok).toBe(true);
    expect(parseShellText("a ".repeat(LIMITS.shellWords + 1), "posix").ok).toBe(false);
  });
});

describe("for any text", () => {
  test("a parse survives being rebuilt, and nothing is left to interpret", () => {
    fc.assert(
      fc.property(shellTexts, (text) => {
        const parsed = parseShellText(text, "posix");
        if (!parsed.ok) return;
        const { commands, operators } = parsed.value;
        expect(operators).toHaveLength(commands.length - 1);
        const argvs = commands.map((command) => command.map(({ value }) => value));
        const again = parseShellText(rebuildShellText(argvs, operators), "zsh");
        expect(words(again)).toEqual(argvs);
        expect(again.ok && again.value.operators).toEqual(operators);
      }),
      { numRuns: 500 },
    );
  });

  test("the answer is total, and a problem lies inside the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const parsed = parseShellText(text, "posix");
        if (parsed.ok) return;
        expect(parsed.problem.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.problem.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });
});
