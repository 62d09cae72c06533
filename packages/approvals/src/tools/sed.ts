import { hasWholeBrackets } from "./brackets.ts";

/** Options without an effect beyond what is printed or edited, and those with a value. */
const FLAGS = "nrEsuzb";
const LONG_FLAGS =
  "quiet silent regexp-extended separate unbuffered null-data binary posix debug sandbox follow-symlinks help version".split(
    " ",
  );

/**
 * The argument with which `sed` would start a program or write a file of any name: the
 * commands `e`, `w` and `W`, a script in a file, and whatever is not understood.
 */
export function dangerousSedArgument(args: readonly string[]): string | undefined {
  const scripts: string[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    if (argument === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (!argument.startsWith("-") || argument === "-") {
      operands.push(argument);
      continue;
    }
    const option = readOption(argument);
    if (option === undefined) return argument;
    if (option.script === undefined) continue;
    if (option.script === "next") at += 1;
    const script = option.script === "next" ? args[at] : option.script.glued;
    if (script === undefined) return argument;
    scripts.push(script);
  }
  if (scripts.length === 0) {
    // `-i ''` is an option with its value for some, and an empty script for others.
    const [first, second] = operands;
    return [first, ...(first === "" ? [second] : [])].find((script) => !isPlainSedScript(script ?? ""));
  }
  return isPlainSedScript(scripts.join("\n")) ? undefined : scripts.join("\n");
}

interface SedOption {
  readonly script?: "next" | { readonly glued: string };
}

function readOption(argument: string): SedOption | undefined {
  if (argument.startsWith("--")) {
    const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/su.exec(argument) ?? [];
    if (name === "expression") return value === undefined ? { script: "next" } : { script: { glued: value } };
    if (name === "in-place") return {};
    if (name === "line-length" && value !== undefined) return {};
    return value === undefined && LONG_FLAGS.includes(name) ? {} : undefined;
  }
  const letters = argument.slice(1);
  for (const [index, letter] of Array.from(letters).entries()) {
    if (FLAGS.includes(letter)) continue;
    if (letter === "i") return {};
    if (letter !== "e") return undefined;
    const glued = letters.slice(index + 1);
    return glued === "" ? { script: "next" } : { script: { glued } };
  }
  return {};
}

const BLANKS = /[ \t]*/uy;
const BREAKS = /[ \t\n;}]*/uy;
const COMMENT = /#[^\n]*/uy;
const ADDRESS = /\d+(?:~\d+)?|\$|[+~]\d+/uy;
const SIMPLE = /[=dDgGhHnNpPxzF]|[qQlL][ \t]*\d*|[btT:][ \t]*[\w.-]*/uy;
const END = /[ \t]*(?:$|[;\n]|(?=[}#]))/uy;
const TEXT = /[aic](?:[^\n\\]|\\[^\n])*|[aic]\\\n(?:[^\n\\]|\\[^\n])*/uy;
const READ_FILE = /[rR][ \t][^\n]*/uy;
const SUBSTITUTE_FLAGS = /[gpiIMm\d]*/uy;

/** Whether a script is made of the commands that only read, choose, change and print. Linear. */
export function isPlainSedScript(text: string): boolean {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return false;
    at += match[0].length;
    return match[0] !== "" || pattern === END || pattern === BLANKS;
  };
  /** Reads up to the delimiter; `false` where implementations would stop in different places. */
  const delimited = (delimiter: string, isPattern: boolean): boolean => {
    const start = at;
    for (; at < text.length && text[at] !== delimiter; at += 1) {
      if (text[at] === "\n" && isPattern) return false;
      if (text[at] === "\\") at += 1;
    }
    if (at >= text.length) return false;
    const body = text.slice(start, at);
    at += 1;
    return !isPattern || hasWholeBrackets(body);
  };
  const address = (): boolean => {
    const custom = text[at] === "\\";
    if (text[at] !== "/" && !custom) return take(ADDRESS);
    const delimiter = (custom ? text[at + 1] : "/") ?? "\n";
    at += custom ? 2 : 1;
    if (/[\n\\]/u.test(delimiter) || !delimited(delimiter, true)) at = Number.NaN;
    else while (text[at] === "I" || text[at] === "M") at += 1;
    return true;
  };

  for (;;) {
    take(BREAKS);
    if (take(COMMENT)) continue;
    if (at >= text.length) return true;
    if (address()) {
      take(BLANKS);
      if (text[at] === ",") {
        at += 1;
        take(BLANKS);
        if (!address()) return false;
      }
    }
    if (Number.isNaN(at)) return false;
    take(BLANKS);
    while (text[at] === "!" || text[at] === " ") at += 1;
    const command = text[at];
    if (command === "{") {
      at += 1;
    } else if (command === "s" || command === "y") {
      const delimiter = text[at + 1] ?? "\n";
      at += 2;
      if (/[\n\\]/u.test(delimiter)) return false;
      if (!delimited(delimiter, command === "s") || !delimited(delimiter, false)) return false;
      if (command === "s") take(SUBSTITUTE_FLAGS);
      if (!take(END)) return false;
    } else if (take(TEXT) || take(READ_FILE)) {
      if (at < text.length && text[at] !== "\n") return false;
    } else if (!take(SIMPLE) || !take(END)) {
      return false;
    }
  }
}
