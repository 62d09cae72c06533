import { describe, expect, test } from "vitest";
import { plainCdOperand, readCommandWord } from "./builtins.ts";

const kindOf = (text: string): string => readCommandWord(text.split(" ")).kind;

describe("words that a shell may read itself", () => {
  test.each([
    "true",
    ": a b",
    "false",
    "pwd",
    "pwd -P",
    "[ -f x ]",
    "test a = b",
    "[ 1 -lt 2 ]",
    "[ x ]",
    "test a-b = c",
    "test a! != (b",
  ])("%s has no effect", (text) => {
    expect(kindOf(text)).toBe("builtin");
  });

  test.each(["git status", "echo", "echo a b", "echo -n a", "printf", "printf %s a", "which git"])(
    "%s is a file",
    (text) => {
      expect(kindOf(text)).toBe("file");
    },
  );

  test.each([
    "export A",
    "eval a",
    ". a",
    "source a",
    "alias a",
    "set -x",
    "trap a EXIT",
    "exec a",
    "command a",
    "builtin a",
    "cd a",
    "read a",
    "printf -v PATH a",
    "echo -e a",
    String.raw`echo a\nb`,
    "kill 1",
    "hash -p a b",
    "enable -f a",
    "unset a",
    "umask 0",
    "exit",
    "type a",
    "pwd a",
    "pwd a-L",
    "pwd -Lx",
    "test a = b c",
    "test -f a b c",
    "echo a -e \\\\",
    String.raw`echo \a b`,
    String.raw`echo -n \a`,
    "pwd -P -L",
    "[ -f x",
    "[ ]",
    "[ -v a[0] ]",
    "[ a -eq a ]",
    "[ a[0] -eq 1 ]",
    "[ ! a ]",
    "[ a -a b ]",
    "[ ( = ) ]",
    "test -t 1 -o x",
    "test a == b",
    "test",
    "test a -nt b",
  ])("%s is for a person to judge", (text) => {
    expect(kindOf(text)).toBe("opaque");
  });
});

test.each([
  [["cd", "/a"], false, "/a"],
  [["cd", "a"], false, "a"],
  [["cd", "a-"], false, "a-"],
  [["cd", "a", "b"], false, undefined],
  [["cd", "a"], true, undefined],
  [["cd", "./a"], true, "./a"],
  [["cd", "../a"], true, "../a"],
  [["cd", ".."], true, ".."],
  [["cd", ".a"], true, undefined],
  [["cd"], false, undefined],
  [["cd", ""], false, undefined],
  [["cd", "-"], false, undefined],
  [["cd", "-P", "/a"], false, undefined],
  [["chdir", "/a"], false, undefined],
])("%j with CDPATH %s goes to %s", (words, hasCdPath, expected) => {
  expect(plainCdOperand(words, hasCdPath)).toBe(expected);
});
