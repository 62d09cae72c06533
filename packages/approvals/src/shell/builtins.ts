import type { NotAnalyzable } from "../decision.ts";
import { wordList } from "../word-list.ts";

/** What a first word in shell text stands for. */
export type CommandWord =
  /** Done by the shell itself, without effect on what follows. */
  | { readonly kind: "builtin" }
  /** A file: its absolute path is what will run, also where the shell has a builtin. */
  | { readonly kind: "file" }
  | { readonly kind: "opaque"; readonly construct: string };

/** Builtins that assign, evaluate, load, wait for or change something. */
const STATEFUL: ReadonlySet<string> = wordList(
  ". alias autoload bg bind bindkey break builtin bye caller cap",
  "cd chdir clone command compadd compcall compctl compgen complete",
  "compopt continue declare dirs disable disown emulate enable enum",
  "eval exec exit export fc fg float functions getcap getln",
  "getopts hash help hist history integer jobs kill let limit",
  "local log logout mapfile nameref newgrp popd print private pushd",
  "pushln r read readarray readonly rehash return sched set setcap",
  "setopt shift shopt source suspend times trap ttyctl type",
  "typeset ulimit umask unalias unfunction unhash unlimit unset",
  "unsetopt vared wait whence where zcompile zformat zftp zle",
  "zmodload zparseopts zprof zpty zregexparse zsocket zstyle ztcp",
);

/** Reads the words of one simple command. Source: exec section 3.4, threat class 2. */
export function readCommandWord(words: readonly string[]): CommandWord {
  const [name = "", ...operands] = words;
  switch (name) {
    case ":":
    case "true":
    case "false":
      return { kind: "builtin" };
    case "pwd":
      return operands.length === 0 || (operands.length === 1 && /^-[LP]$/u.test(operands[0] ?? ""))
        ? { kind: "builtin" }
        : opaque(name);
    case "test":
      return isPlainTest(operands) ? { kind: "builtin" } : opaque(name);
    case "[":
      return operands.at(-1) === "]" && isPlainTest(operands.slice(0, -1))
        ? { kind: "builtin" }
        : opaque(name);
    case "echo":
      return isPlainEcho(operands) ? { kind: "file" } : opaque(name);
    case "printf":
      return operands[0]?.startsWith("-") === true ? opaque(name) : { kind: "file" };
    default:
      return STATEFUL.has(name) ? opaque(name) : { kind: "file" };
  }
}

/** The directory of a leading `cd`, where it means the same in every modelled shell. */
export function plainCdOperand(words: readonly string[], hasCdPath: boolean): string | undefined {
  const [name, directory, ...rest] = words;
  if (name !== "cd" || directory === undefined || rest.length > 0) return undefined;
  if (directory === "" || directory.startsWith("-")) return undefined;
  return hasCdPath && !/^\.{0,2}(?:\/|$)/u.test(directory) ? undefined : directory;
}

/** Shells differ in what a backslash or an option means to `echo`; `-n` is the exception. */
function isPlainEcho(operands: readonly string[]): boolean {
  const [first, ...rest] = operands;
  const said = first === "-n" ? rest : operands;
  return said[0]?.startsWith("-") !== true && said.every((word) => !word.includes("\\"));
}

const UNARY = /^-[bcdefghknpruswxzLS]$/u;
const NUMERIC = /^-(?:eq|ne|gt|ge|lt|le)$/u;
const INTEGER = /^-?\d{1,15}$/u;

/** The forms of `test` whose operands no shell evaluates. */
function isPlainTest(operands: readonly string[]): boolean {
  const [left = "", operator = "", right = ""] = operands;
  if (operands.length === 1) return true;
  if (operands.length === 2) return UNARY.test(left);
  if (operands.length !== 3) return false;
  if (NUMERIC.test(operator)) return INTEGER.test(left) && INTEGER.test(right);
  return /^!?=$/u.test(operator) && !/^[-!()]/u.test(left);
}

function opaque(name: string): CommandWord & NotAnalyzableConstruct {
  return { kind: "opaque", construct: `builtin \`${name}\`` };
}

type NotAnalyzableConstruct = Pick<NotAnalyzable, "construct">;
