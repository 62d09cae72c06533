import { exceedsBytes } from "@openclaw/protocol";
import type { NotAnalyzable } from "../decision.ts";
import { LIMITS } from "../limits.ts";
import type { Dialect } from "./names.ts";
import { RESERVED_WORDS } from "./reserved.ts";
import { readWord, type ShellWord } from "./word.ts";

export type ShellOperator = "&&" | "||" | ";" | "|";

/** A list of simple commands of literal words, and what joins them. */
export interface ShellText {
  readonly commands: readonly (readonly ShellWord[])[];
  /** One fewer than commands; `operators[i]` stands between command i and i + 1. */
  readonly operators: readonly ShellOperator[];
}

export type ShellParse =
  | { readonly ok: true; readonly value: ShellText }
  | { readonly ok: false; readonly problem: NotAnalyzable };

/**
 * Reads the small grammar on which all modelled shells agree: words, quotes, backslashes,
 * joined by `&&`, `||`, `;` and `|`. Every other character is refused with its place, and
 * a finished parse has accounted for every character. Linear in the length of the text.
 */
export function parseShellText(text: string, dialect: Dialect): ShellParse {
  const refuse = (construct: string, offset: number): ShellParse => ({
    ok: false,
    problem: { construct, offset },
  });
  if (exceedsBytes(text, LIMITS.shellTextBytes)) {
    return refuse(`text larger than ${LIMITS.shellTextBytes} bytes`, 0);
  }
  const loneSurrogate = text.search(/\p{Surrogate}/u);
  if (loneSurrogate >= 0) return refuse("invalid character", loneSurrogate);

  const commands: ShellWord[][] = [];
  const operators: ShellOperator[] = [];
  let command: ShellWord[] = [];
  let words = 0;
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === " " || character === "\t") {
      at += 1;
      continue;
    }
    const operator = readOperator(text, at);
    if (typeof operator === "string") {
      if (command.length === 0) return refuse("empty command", at);
      commands.push(command);
      operators.push(operator);
      command = [];
      at += operator.length;
      continue;
    }
    if (operator !== undefined) return refuse(operator.construct, at);
    const read = readWord(text, at, { dialect, first: command.length === 0 });
    if ("construct" in read) return { ok: false, problem: read };
    const problem = command.length === 0 ? commandWordProblem(read.word) : undefined;
    if (problem !== undefined) return refuse(problem, at);
    command.push(read.word);
    words += 1;
    if (words > LIMITS.shellWords) return refuse(`more than ${LIMITS.shellWords} words`, at);
    if (commands.length >= LIMITS.shellCommands) {
      return refuse(`more than ${LIMITS.shellCommands} commands`, at);
    }
    at = read.next;
  }
  // A text may end with `;`, but not with an operator that waits for a command.
  if (command.length > 0) commands.push(command);
  else if (operators.pop() !== ";") return refuse("empty command", text.length);
  return { ok: true, value: { commands, operators } };
}

function readOperator(text: string, at: number): ShellOperator | NotAnalyzable | undefined {
  const character = text.charAt(at);
  const next = text.charAt(at + 1);
  if (character === "&") {
    return next === "&" ? "&&" : { construct: "background command `&`", offset: at };
  }
  if (character === "|") {
    if (next === "|") return "||";
    return next === "&" ? { construct: "operator `|&`", offset: at } : "|";
  }
  if (character === ";") {
    return next === ";" || next === "&" ? { construct: `operator \`;${next}\``, offset: at } : ";";
  }
  return undefined;
}

/** What makes a first word more, or less, than the name of a file. */
function commandWordProblem(word: ShellWord): string | undefined {
  if (word.value === "") return "empty command name";
  if (word.value.includes("=")) return "assignment";
  if (word.value.startsWith("%")) return "job";
  return !word.quoted && RESERVED_WORDS.has(word.value) ? `reserved word \`${word.value}\`` : undefined;
}
