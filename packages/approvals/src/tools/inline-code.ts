import { inlineModel, type InlineModel } from "./inline-models.ts";

/**
 * How a program takes code from its arguments: the option (`-c`), or `inline program` and
 * `inline command` where the code stands by itself. `undefined` where it takes none.
 * Source: exec section 3.9.
 */
export function inlineCodeIn(name: string, args: readonly string[]): string | undefined {
  const known = name
    .toLowerCase()
    .replace(/\.exe$/u, "")
    .replace(/[-.]?\d[\d.]*$/u, "");
  switch (known) {
    case "awk":
    case "gawk":
    case "mawk":
    case "nawk":
      return inlineProgram(args, { code: ["e", "source"], file: ["f", "E", "file", "exec"], values: "Fv" });
    case "sed":
    case "gsed":
      return inlineProgram(args, { code: ["e", "expression"], file: ["f", "file"], values: "l" });
    case "find":
    case "gfind":
    case "bfs":
      return args.find((argument) => /^-(?:exec|execdir|ok|okdir)$/u.test(argument));
    case "xargs":
    case "gxargs":
    case "parallel":
      return args.length === 0 ? undefined : "inline command";
    default: {
      const model = inlineModel(known);
      return model && inlineOption(model, args);
    }
  }
}

function inlineOption(model: InlineModel, args: readonly string[]): string | undefined {
  /** Whether the next argument may be the value of the one before. */
  let valueFollows = false;
  for (const argument of args) {
    if (argument === "--") return undefined;
    if (argument === "-" && !valueFollows) return model.readsInput ? "inline program" : undefined;
    if (!argument.startsWith("-")) {
      if (valueFollows) {
        valueFollows = false;
        continue;
      }
      return model.subcommands.includes(argument) ? argument : undefined;
    }
    const read = argument.startsWith("--") ? readLong(model, argument) : readShort(model, argument);
    if (typeof read === "string") return read;
    valueFollows = read;
  }
  const asked = args.some((argument) => /^-{1,2}(?:[vVhi?]|version|help)$/u.test(argument));
  return model.readsInput && !asked ? "inline program" : undefined;
}

/** The option, if it brings code; else whether its value may follow. */
function readLong(model: InlineModel, argument: string): string | boolean {
  const [name = "", value] = argument.slice(2).split("=", 2);
  if (name.length > 0) {
    const option =
      model.long.find((each) => each.startsWith(name)) ?? model.single.find((each) => each === name);
    if (option !== undefined && !model.longFlags.includes(name)) return `--${option}`;
  }
  return value === undefined && !model.longFlags.includes(name);
}

function readShort(model: InlineModel, argument: string): string | boolean {
  const name = argument.slice(1).split("=", 1)[0] ?? "";
  const single = model.single.find((each) => name === each || (each.length === 1 && name.startsWith(each)));
  if (single !== undefined) return `-${single}`;
  const letters = Array.from(argument.slice(1));
  let unknown = false;
  for (const [index, letter] of letters.entries()) {
    if (model.short.includes(letter)) return `-${letter}`;
    if (model.rest.includes(letter)) return false;
    if (model.values.includes(letter)) return index === letters.length - 1;
    // What an unknown letter does with the rest is unknown too, so the rest is read as letters.
    unknown ||= !model.flags.includes(letter);
  }
  return unknown;
}

interface ProgramOptions {
  readonly code: readonly string[];
  readonly file: readonly string[];
  readonly values: string;
}

/** Tools whose first operand is a program, unless a file holds it. */
function inlineProgram(args: readonly string[], options: ProgramOptions): string | undefined {
  let fromFile = false;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    if (argument === "--") return fromFile || args[at + 1] === undefined ? undefined : "inline program";
    if (argument.startsWith("--")) {
      const name = argument.slice(2).split("=", 1)[0] ?? "";
      const code = options.code.find((each) => each.length > 1 && each.startsWith(name));
      if (code !== undefined) return `--${code}`;
      fromFile ||= options.file.some((each) => each.length > 1 && each.startsWith(name));
      if (fromFile && !argument.includes("=")) at += 1;
    } else if (argument.startsWith("-") && argument !== "-") {
      for (const [index, letter] of Array.from(argument.slice(1)).entries()) {
        if (options.code.includes(letter)) return `-${letter}`;
        const file = options.file.includes(letter);
        fromFile ||= file;
        if (file || options.values.includes(letter)) {
          if (index === argument.length - 2) at += 1;
          break;
        }
        if (letter === "i") break;
      }
    } else if (!fromFile) return "inline program";
  }
  return undefined;
}
