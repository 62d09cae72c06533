import { parseArgs, type ParseArgsConfig } from "node:util";
import type { CommandInput, CommandSpec, OptionSpec } from "./command.ts";
import { GLOBAL_OPTIONS } from "./option-sets.ts";

/**
 * Parses a plain command line without loading the big parser, which costs as much time and
 * memory as the rest of the start. undefined means: not plain, let the big one explain.
 */
export function fastParse(spec: CommandSpec, argv: readonly string[]): CommandInput | undefined {
  const specs = { ...GLOBAL_OPTIONS, ...spec.options };
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, option] of Object.entries(specs)) {
    const type = option.type === "boolean" ? "boolean" : "string";
    options[name] = { type, multiple: option.repeat === true };
  }
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      options,
      strict: true,
      allowPositionals: true,
      tokens: true,
    });
    const given = tokens.flatMap((token) =>
      token.kind === "option" && specs[token.name]?.repeat !== true ? [token.name] : [],
    );
    const commandEnd = tokens.findLastIndex((token) => token.kind === "positional");
    const plain =
      new Set(given).size === given.length &&
      tokens.every(
        (token, index) =>
          token.kind === "positional" ||
          // Options of a command follow its name.
          (token.kind === "option" && (index > commandEnd || Object.hasOwn(GLOBAL_OPTIONS, token.name))),
      );
    const named =
      positionals.length === spec.path.length &&
      spec.path.every((word, index) => positionals[index] === word);
    if (!plain || !named) return undefined;
    const parsed: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const option = specs[name];
      const converted = option === undefined ? undefined : convert(option, value);
      if (converted === undefined) return undefined;
      parsed[name] = converted;
    }
    return { options: parsed, positionals: {}, rest: [] };
  } catch {
    return undefined;
  }
}

function convert(option: OptionSpec, value: unknown): unknown {
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value.map((one) => convert({ ...option, repeat: false }, one));
    return all.includes(undefined) ? undefined : all;
  }
  if (option.type === "boolean") return value;
  if (
    typeof value !== "string" ||
    value === "" ||
    (option.choices !== undefined && !option.choices.includes(value))
  )
    return undefined;
  if (option.type === "string") return value;
  return /^\d+$/u.test(value) ? Number(value) : undefined;
}
