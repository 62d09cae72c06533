import type { PathStyle } from "../facts.ts";
import { programName } from "../program-name.ts";
import { isMultiCallName, isShellName } from "./names.ts";

/** Shells whose text stands in an argument of its own, after letters like `-ec`. */
const LETTERED = /^(?:ash|bash|dash|fish|ksh|mksh|nu|sh|yash|zsh)(?:[-_.]?\d[\d.]*)?$/u;

/**
 * The text behind a shell that may stand for the whole command; `undefined` where none may.
 * Only for comparing two descriptions of one command, and for display: what the shell does
 * with it is another question. Source: exec sections 2.2 and 3.2.
 */
export function shellPayload(argv: readonly string[], pathStyle: PathStyle): string | undefined {
  const [first = "", ...args] = argv;
  const name = programName(programName(first, pathStyle), "win32");
  if (isMultiCallName(name)) {
    return isShellName(args[0] ?? "") ? shellPayload(args, pathStyle) : undefined;
  }
  if (name === "cmd") {
    const at = args.findIndex((argument) => /^[-/][ck]$/iu.test(argument));
    return at < 0 ? undefined : args.slice(at + 1).join(" ");
  }
  if (name === "powershell" || name === "pwsh") return powershellText(args);
  return LETTERED.test(name) ? letteredText(args, name) : undefined;
}

function letteredText(args: readonly string[], name: string): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const [, letters] = /^-([A-Za-z]+)$/u.exec(args[at] ?? "") ?? [];
    if (letters === undefined || /[is]/u.test(letters)) return undefined;
    // A login shell reads files first; Gateways start `sh` that way all the same.
    if (letters.includes("l") && !(name === "sh" && letters === "lc" && at === 0)) return undefined;
    const values = Array.from(letters).filter((letter) => letter === "o" || letter === "O").length;
    const next = at + 1 + values;
    if (letters.includes("c")) return args.length === next + 1 ? args[next] : undefined;
    if (values === 0 && letters.includes("C")) return undefined;
    at += values;
  }
  return undefined;
}

const POWERSHELL_FLAGS = /^(?:nop(?:rofile)?|nol(?:ogo)?|noni(?:nteractive)?|sta|mta)$/u;

function powershellText(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const name = /^(?:--?|\/)([a-z]+)$/iu.exec(args[at] ?? "")?.[1]?.toLowerCase();
    if (name === undefined) return undefined;
    if ("command".startsWith(name)) return args.slice(at + 1).join(" ");
    if (name === "executionpolicy" || name === "ep") at += 1;
    else if (!POWERSHELL_FLAGS.test(name)) return undefined;
  }
  return undefined;
}
