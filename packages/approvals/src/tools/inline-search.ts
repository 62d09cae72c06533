import type { CommandNode } from "../command/node.ts";
import { programName } from "../program-name.ts";
import { isShellCommand } from "../shell/invocation.ts";
import { isShellName } from "../shell/names.ts";
import { shellPayload } from "../shell/payload.ts";
import { readWindowsText } from "../shell/windows-text.ts";
import { inlineCodeIn } from "./inline-code.ts";

/** Code in the arguments of a program, in the words of the refusal. */
export interface InlineEval {
  readonly name: string;
  /** The option, or `inline program` or `inline command`. */
  readonly flag: string;
}

/** The first program of a command that gets code in its arguments; text that was not understood counts. */
export function findInlineCode(node: CommandNode): InlineEval | undefined {
  switch (node.kind) {
    case "builtin":
    case "script":
      return undefined;
    case "wrapper":
      return findInlineCode(node.inner);
    case "shell":
      return firstOf(node.commands, findInlineCode);
    case "file": {
      const [typed = "", ...args] = node.typed;
      const name = lastPart(typed);
      const realName = lastPart(node.resolved?.path ?? typed);
      const flag = inlineCodeIn(name, args) ?? inlineCodeIn(realName, args);
      if (flag !== undefined) return { name, flag };
      return node.carrier === undefined ? undefined : behind(args);
    }
    case "opaque": {
      const [typed = "", ...args] = node.typed;
      if (node.shell === undefined) return behind(args);
      const inside = windowsInside(node.typed);
      if (inside !== undefined) return inside.found;
      const readsInput = args.every((argument) => argument.startsWith("-"));
      const takesText = readsInput || isShellCommand(node.typed, "posix");
      return takesText ? { name: lastPart(typed), flag: "inline command" } : undefined;
    }
  }
}

/** Commands of the Windows shells that run text or start something else. */
const WINDOWS_RUNNERS =
  /^(?:iex|icm|saps|start|call|for|cmd|powershell|pwsh|invoke-(?:expression|command|item)|start-(?:process|job)|add-type|new-object)$/u;

/** What a text for a Windows shell starts, where it is one plain command. */
function windowsInside(argv: readonly string[]): { readonly found: InlineEval | undefined } | undefined {
  const [first = ""] = argv;
  if (!/^(?:cmd|powershell|pwsh)$/u.test(programName(lastPart(first), "win32"))) return undefined;
  const read = readWindowsText(shellPayload(argv, "win32") ?? "");
  if (!read.ok) return undefined;
  const [typed = "", ...args] = read.argv;
  const name = programName(typed, "win32");
  if (WINDOWS_RUNNERS.test(name)) return undefined;
  const flag = inlineCodeIn(name, args);
  return { found: flag === undefined ? behind(args) : { name, flag } };
}

/** Any argument of a program that starts others may be the program that it starts. */
function behind(args: readonly string[]): InlineEval | undefined {
  for (const [index, argument] of args.entries()) {
    const rest = args.slice(index + 1);
    if (rest.length === 0) return undefined;
    const name = lastPart(argument);
    if (isShellName(name) && isShellCommand([name, ...rest], "posix"))
      return { name, flag: "inline command" };
    const flag = inlineCodeIn(name, rest);
    if (flag !== undefined) return { name, flag };
  }
  return undefined;
}

function lastPart(path: string): string {
  return programName(path.slice(path.lastIndexOf("\\") + 1), "posix");
}

function firstOf<T, R>(items: readonly T[], read: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = read(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
