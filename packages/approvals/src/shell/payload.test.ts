import { describe, expect, test } from "vitest";
import { isShellCommand } from "./invocation.ts";
import { shellPayload } from "./payload.ts";

const payload = (...argv: readonly string[]): string | undefined => shellPayload(argv, "win32");

describe("the text behind a shell", () => {
  test.each([
    [["bash", "-c", "a b"], "a b"],
    [["bash-5.2", "-exc", "a"], "a"],
    [["sh", "-lc", "a"], "a"],
    [["sh", "-e", "-u", "-c", "a"], "a"],
    [["bash", "-o", "pipefail", "-c", "a"], "a"],
    [["bash", "-O", "extglob", "-c", "a"], "a"],
    [["bash", "-oc", "pipefail", "a"], "a"],
    [["busybox", "sh", "-c", "a"], "a"],
    [["cmd", "/c", "a", "b"], "a b"],
    [["CMD.EXE", "/d", "/s", "/C", "a"], "a"],
    [["cmd", "-k", "a"], "a"],
    [["pwsh", "-Command", "a", "b"], "a b"],
    [["powershell.exe", "-NoProfile", "-NonInteractive", "-c", "a"], "a"],
    [["pwsh", "/nop", "--command", "a"], "a"],
    [["pwsh", "-ExecutionPolicy", "Bypass", "-Command", "a"], "a"],
    [["pwsh", "-ep", "Bypass", "-Command", "a"], "a"],
  ])("%j is %j", (argv, text) => {
    expect(payload(...argv)).toBe(text);
  });

  test.each([
    ["no shell", ["git", "-c", "a"]],
    ["a script", ["bash", "a", "-c", "b"]],
    ["a login shell", ["bash", "-lc", "a"]],
    ["a login shell, later", ["sh", "-e", "-lc", "a"]],
    ["a login shell with more letters", ["sh", "-lec", "a"]],
    ["an interactive shell", ["bash", "-ic", "a"]],
    ["a shell that reads its input", ["bash", "-sc", "a"]],
    ["positional parameters", ["bash", "-c", "a", "b"]],
    ["no text", ["bash", "-c"]],
    ["a long option", ["bash", "--norc", "-c", "a"]],
    ["letters inside of an option", ["bash", "x-c", "a"]],
    ["an option with a value", ["bash", "-c=1", "a"]],
    ["an initial command of fish", ["fish", "-C", "a", "-c", "b"]],
    ["a value that looks like an option", ["bash", "-o", "-c", "a"]],
    ["a program of a multi-call file", ["busybox", "ls", "-c", "a"]],
    ["cmd without its text", ["cmd", "a", "b"]],
    ["a slash elsewhere", ["cmd", "a/c", "b"]],
    ["letters behind the flag", ["cmd", "/cx", "b"]],
    ["a PowerShell file", ["pwsh", "-File", "a"]],
    ["encoded text", ["pwsh", "-EncodedCommand", "a"]],
    ["a profile of its own", ["pwsh", "-NoExit", "-Command", "a"]],
    ["a word where an option should be", ["pwsh", "x-command", "a"]],
    ["an option with more than letters", ["pwsh", "-command=1", "a"]],
    ["nothing", []],
  ])("%s stands for no command: %j", (_what, argv) => {
    expect(payload(...argv)).toBeUndefined();
  });
});

describe("whether argv hands text to a command interpreter", () => {
  test.each([
    [["zsh5", "-c", "a"], true],
    [["bash5.2", "-c", "a"], true],
    [["bash-5-x", "-c", "a"], false],
    [["nu", "-e", "a"], true],
    [["nu", "-xe", "a"], true],
    [["nu", "a-e", "b"], false],
    [["bash", "-e", "a"], false],
    [["bash", "-x", "-e", "a"], false],
    [["fish", "--command=a"], true],
    [["fish", "--commands", "a"], true],
    [["elvish", "x--command=a"], false],
    [["bash", "--commander"], false],
    [["bash", "+x", "-c", "a"], true],
    [["bash", "a-b", "c", "-c", "d"], false],
    [["bash"], false],
    [["pwsh"], false],
    [["pwsh-preview", "a"], true],
    [["cmd", "a/c"], false],
    [["cmd", "-k"], true],
    [["sh.exe", "-c", "a"], true],
    [["sh", "env", "bash", "-c", "a"], false],
    [["env", "git", "-c", "a"], false],
    [["my-pwsh", "a"], false],
  ])("%j: %s", (argv, expected) => {
    expect(isShellCommand(argv, "posix")).toBe(expected);
  });
});
