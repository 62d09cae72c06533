import { wordList } from "../word-list.ts";
import { hasWholeBrackets } from "./brackets.ts";

/**
 * The argument with which `awk` would start a program or write a file of any name: pipes,
 * `system`, redirections, a program in a file, and whatever is not understood.
 */
export function dangerousAwkArgument(args: readonly string[]): string | undefined {
  let at = 0;
  for (; args[at]?.startsWith("-") === true && args[at] !== "-"; at += 1) {
    const option = args[at] ?? "";
    if (option === "--") {
      at += 1;
      break;
    }
    if (option === "-F" || option === "-v") at += 1;
    else if (
      !/^(?:-[Fv].+|--(?:field-separator|assign)=.*|--(?:version|posix|traditional|re-interval|csv))$/su.test(
        option,
      )
    ) {
      return option;
    }
  }
  const program = args[at];
  return program === undefined || isPlainAwkProgram(program) ? undefined : program;
}

const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const WORD = /[A-Za-z_]\w*/uy;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/uy;
const REGEX = /\/(?:[^/\\\n]|\\[^\n])*\//uy;
const SKIP = /[ \t\r]+|#[^\n]*|\\\n/uy;
/** After these, a slash begins a regular expression. */
const OPENERS: ReadonlySet<string> = wordList("print printf return in else do case exit");

/** Whether a program only reads, computes and prints. Linear in its length. */
export function isPlainAwkProgram(text: string): boolean {
  let at = 0;
  let depth = 0;
  /** What a slash would mean here; `unsure` where it depends on the implementation. */
  let slash: "divides" | "opens" | "unsure" = "opens";
  /** Depth of parentheses at which a `print` stands. */
  let printing: number | undefined;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };

  while (at < text.length) {
    if (take(SKIP) !== undefined) continue;
    const word = take(WORD);
    if (word !== undefined) {
      if (word === "system") return false;
      if (word === "print" || word === "printf") printing = depth;
      slash = OPENERS.has(word) ? "opens" : /^(?:length|getline)$/u.test(word) ? "unsure" : "divides";
      continue;
    }
    if (take(NUMBER) !== undefined || take(STRING) !== undefined) {
      slash = "divides";
      continue;
    }
    const character = text.charAt(at);
    if (character === "/" && slash !== "divides") {
      const regex = take(REGEX);
      if (slash === "unsure" || regex === undefined || !hasWholeBrackets(regex)) return false;
      slash = "divides";
      continue;
    }
    at += 1;
    const next = text.charAt(at);
    switch (character) {
      case "|":
        if (next !== "|") return false;
        at += 1;
        slash = "opens";
        continue;
      case ">":
        if (next === ">" || (printing === depth && next !== "=")) return false;
        break;
      case "(":
        depth += 1;
        break;
      case ")":
        depth -= 1;
        break;
      case "\n":
      case ";":
      case "{":
      case "}":
        printing = undefined;
        break;
      default:
        if (!/[[\],!~<=+\-*/%^?:&$.]/u.test(character)) return false;
    }
    const doubled = /[+-]/u.test(character) && (next === character || text.charAt(at - 2) === character);
    slash = doubled ? "unsure" : /[)\]]/u.test(character) ? "divides" : "opens";
  }
  return true;
}
