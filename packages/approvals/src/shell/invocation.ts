import type { PathStyle } from "../facts.ts";
import { programName } from "../program-name.ts";
import { isMultiCallName, isShellName } from "./names.ts";

/** How a shell was started, as far as the parser models it. */
export type ShellInvocation =
  /** `-c TEXT` or `-lc TEXT` and nothing else. */
  | { readonly kind: "text"; readonly text: string; readonly login: boolean }
  /** A script file; `operand` is its place among the arguments. */
  | { readonly kind: "script"; readonly operand: number }
  | { readonly kind: "opaque"; readonly construct: string };

const PLAIN_SCRIPT_OPTIONS = /^-[eux]+$/u;

/** Reads the arguments after the name of a POSIX shell. */
export function readShellInvocation(args: readonly string[]): ShellInvocation {
  const [first, text, ...rest] = args;
  if (first === "-c" || first === "-lc") {
    if (text === undefined) return { kind: "opaque", construct: "shell without its text" };
    // Without expansions nothing can use them, but then nobody would pass them either.
    if (rest.length > 0) return { kind: "opaque", construct: "positional parameters" };
    return { kind: "text", text, login: first === "-lc" };
  }
  const operand = args.findIndex((argument) => !PLAIN_SCRIPT_OPTIONS.test(argument));
  const script = args[operand];
  if (script === undefined) return { kind: "opaque", construct: "shell that reads its input" };
  return /^[-+]/u.test(script) || script === ""
    ? { kind: "opaque", construct: `shell option \`${script}\`` }
    : { kind: "script", operand };
}

/** Programs that only change how another one runs, as far as this question goes. */
const WRAPPERS = new Set(["env", "nice", "nohup", "timeout", "stdbuf", "time"]);

/**
 * Whether argv hands text to a command interpreter, also behind `env`, a transparent
 * wrapper or a multi-call program. Decides which environment the child may get, so doubt
 * reads as yes. Source: exec sections 3.2 and 4.2.
 */
export function isShellCommand(argv: readonly string[], pathStyle: PathStyle): boolean {
  const names = argv.map((word) => programName(programName(word, pathStyle), "win32"));
  const [first = ""] = names;
  if (isShellName(first)) return takesText(first, argv, 1);
  if (!WRAPPERS.has(first) && !isMultiCallName(first)) return false;
  return names.some((name, at) => at > 0 && isShellName(name) && takesText(name, argv, at + 1));
}

/** Whether the arguments from `start` on hold an option that brings text with it. */
function takesText(name: string, argv: readonly string[], start: number): boolean {
  const args = argv.slice(start);
  if (name === "cmd") return args.some((arg) => /^[-/][ck]/iu.test(arg));
  if (name.startsWith("pwsh") || name === "powershell") return args.length > 0;
  for (const [index, argument] of args.entries()) {
    if (/^-[A-Za-z]*c/u.test(argument) || (name === "nu" && /^-[A-Za-z]*e/u.test(argument))) {
      return true;
    }
    if (/^--(?:command|commands|cmdline|execute)(?:=|$)/u.test(argument)) return true;
    // What follows an option may be its value.
    const isValue = /^[-+]/u.test(args[index - 1] ?? "");
    if (!/^[-+]/u.test(argument) && !isValue) return false;
  }
  return false;
}
