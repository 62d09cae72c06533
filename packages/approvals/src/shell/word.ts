import type { NotAnalyzable } from "../decision.ts";
import type { Dialect } from "./names.ts";

/** A word after quotes and backslashes were removed. */
export interface ShellWord {
  readonly value: string;
  /** Where it begins in the text. */
  readonly offset: number;
  /** Whether any part was quoted or escaped. */
  readonly quoted: boolean;
}

export interface WordRead {
  readonly word: ShellWord;
  /** Offset of the first character after the word. */
  readonly next: number;
}

interface WordContext {
  readonly dialect: Dialect;
  /** Whether the word stands where the name of a command stands. */
  readonly first: boolean;
}

const ENDS_WORD = new Set([" ", "\t", "&", "|", ";"]);

/** Characters that always start something which the parser does not model. */
const CONSTRUCTS: Readonly<Record<string, string>> = {
  "\n": "line break",
  "\r": "line break",
  $: "expansion `$`",
  "`": "command substitution",
  "<": "redirection",
  ">": "redirection",
  "(": "parenthesis",
  ")": "parenthesis",
  "{": "brace",
  "}": "brace",
  "*": "file name pattern `*`",
  "?": "file name pattern `?`",
};

/** Reads one word that begins at `start`, which is neither a blank nor an operator. */
export function readWord(text: string, start: number, context: WordContext): WordRead | NotAnalyzable {
  let value = "";
  let quoted = false;
  let at = start;
  while (at < text.length && !ENDS_WORD.has(text.charAt(at))) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const part = character === "'" ? readSingle(text, at) : readDouble(text, at);
      if ("construct" in part) return part;
      value += part.value;
      quoted = true;
      at = part.next;
    } else if (character === "\\") {
      const escaped = text.charAt(at + 1);
      if (!/^[ -~]$/u.test(escaped)) return { construct: "backslash", offset: at };
      value += escaped;
      quoted = true;
      at += 2;
    } else {
      const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const construct = unquotedProblem(text, at, start, value, point, context);
      if (construct !== undefined) return { construct, offset: at };
      value += point;
      at += point.length;
    }
  }
  return { word: { value, offset: start, quoted }, next: at };
}

type QuotedPart = { readonly value: string; readonly next: number };

function readSingle(text: string, at: number): QuotedPart | NotAnalyzable {
  const close = text.indexOf("'", at + 1);
  if (close < 0) return { construct: "unterminated quote", offset: at };
  const value = text.slice(at + 1, close);
  const hidden = value.search(/[^\P{Cc}\t\n]/u);
  if (hidden >= 0) return { construct: "control character", offset: at + 1 + hidden };
  return { value, next: close + 1 };
}

function readDouble(text: string, open: number): QuotedPart | NotAnalyzable {
  let value = "";
  let at = open + 1;
  for (;;) {
    if (at >= text.length) return { construct: "unterminated quote", offset: open };
    const character = text.charAt(at);
    if (character === '"') return { value, next: at + 1 };
    if (character === "$" || character === "`") {
      return { construct: CONSTRUCTS[character] ?? "expansion", offset: at };
    }
    if (/[^\P{Cc}\t\n]/u.test(character)) return { construct: "control character", offset: at };
    if (character === "\\") {
      const escaped = text.charAt(at + 1);
      if (escaped === "\n" || escaped === "\r") return { construct: "line continuation", offset: at };
      // Before any other character the backslash stays.
      if (escaped !== "" && '$`"\\'.includes(escaped)) {
        value += escaped;
        at += 2;
        continue;
      }
    }
    value += character;
    at += 1;
  }
}

/** Why an unquoted character does not simply stand for itself here. */
function unquotedProblem(
  text: string,
  at: number,
  start: number,
  value: string,
  character: string,
  { dialect, first }: WordContext,
): string | undefined {
  const fixed = CONSTRUCTS[character];
  if (fixed !== undefined) return fixed;
  // Shells disagree about blanks outside ASCII, and a person cannot see them.
  if (/[\p{Z}\p{C}]/u.test(character)) return "blank or invisible character";
  const begins = value === "";
  const wordIs = (whole: string): boolean => at === start && wordEndsAfter(text, at, whole);
  if (character === "[") return first && wordIs("[") ? undefined : "file name pattern `[`";
  if (character === "#") return begins || dialect === "zsh" ? "comment" : undefined;
  if (character === "!") return begins && (first || !wordIs("!=")) ? "negation" : undefined;
  if (character === "~") {
    return begins || dialect === "zsh" || /[=:]$/u.test(value) ? "home directory `~`" : undefined;
  }
  if (dialect === "zsh" && character === "^") return "file name pattern `^`";
  if (dialect === "zsh" && character === "=" && begins && !wordIs("=")) return "expansion `=`";
  return undefined;
}

function wordEndsAfter(text: string, at: number, whole: string): boolean {
  const after = text.charAt(at + whole.length);
  return text.startsWith(whole, at) && (after === "" || ENDS_WORD.has(after));
}
