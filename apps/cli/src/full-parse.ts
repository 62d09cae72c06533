import yargs, { type Argv } from "yargs";
import type { CommandInput, CommandSpec, OptionSpec } from "./command.ts";
import { CliError } from "./errors.ts";
import { GLOBAL_OPTIONS } from "./option-sets.ts";
import { VERSION } from "./version.ts";

export type FullParse =
  | { readonly kind: "command"; readonly spec: CommandSpec; readonly input: CommandInput }
  /** Help or version text, asked for. */
  | { readonly kind: "text"; readonly text: string };

const GROUPS: Readonly<Record<string, string>> = {
  node: "Run and manage the node host on this machine",
  "node runs": "The kept output of runs on this machine",
  "node tls": "The certificate of a Gateway",
  nodes: "Approve, watch and use the nodes of a Gateway",
  devices: "Approve and remove the devices of a Gateway",
  approvals: "Decide what may run: exec approvals here, on a node or on the Gateway",
  "approvals allowlist": "Add and remove what may run without asking",
  "approvals deny": "Add and remove what never runs",
  "approvals log": "What was decided on this machine, and what became of it",
  gateway: "A small Gateway for trying things out on this machine",
};

/** The whole command line with help, suggestions and usage errors. Throws CliError `usage`. */
export async function fullParse(
  commands: readonly CommandSpec[],
  argv: readonly string[],
  columns: number,
): Promise<FullParse> {
  let chosen: FullParse | undefined;
  const tree = commandTree(commands);
  const asked = isGroup(tree, argv) ? [...argv, "--help"] : [...argv];
  const parser = configure(yargs([]).scriptName("openclaw"), argv, columns);
  addBranch(parser, tree, [], (spec, input) => {
    chosen = { kind: "command", spec, input };
  });
  let output = "";
  await parser.parseAsync(asked, {}, (_error: unknown, _argv: unknown, text: string) => {
    output = text;
  });
  if (chosen !== undefined) return chosen;
  if (output !== "") return { kind: "text", text: `${withoutTypeTags(output).trimEnd()}\n` };
  throw new CliError("usage", "no command given", ["openclaw --help lists them"]);
}

/** `[string]` and the like tell a person nothing that `<port>` does not. */
function withoutTypeTags(help: string): string {
  return help.replace(/[ \n]*\[(string|boolean|array)\]/gu, "");
}

interface Branch {
  readonly children: Map<string, Branch>;
  spec?: CommandSpec;
}

function commandTree(commands: readonly CommandSpec[]): Branch {
  const root: Branch = { children: new Map() };
  for (const spec of commands) {
    let branch = root;
    for (const word of spec.path) {
      const next = branch.children.get(word) ?? { children: new Map<string, Branch>() };
      branch.children.set(word, next);
      branch = next;
    }
    branch.spec = spec;
  }
  return root;
}

function addBranch(
  parser: Argv,
  branch: Branch,
  path: readonly string[],
  choose: (spec: CommandSpec, input: CommandInput) => void,
): void {
  for (const [word, child] of branch.children) {
    const { spec } = child;
    if (spec !== undefined) {
      addCommand(parser, word, spec, choose);
      continue;
    }
    const words = [...path, word];
    parser.command(word, groupSummary(words), (inner) => {
      addBranch(inner, child, words, choose);
      if (defaultOf(child) !== undefined) return inner;
      return inner.demandCommand(1, `\`openclaw ${words.join(" ")}\` needs a command`);
    });
  }
  if (defaultOf(branch) === undefined) parser.demandCommand(1, "a command is needed");
}

/** The command that the words of a group mean when none of its commands is named. */
function defaultOf(branch: Branch): CommandSpec | undefined {
  return [...branch.children.values()].find(({ spec }) => spec?.groupDefault === true)?.spec;
}

function groupSummary(words: readonly string[]): string {
  return GROUPS[words.join(" ")] ?? `${words.at(-1) ?? ""} commands`;
}

function addCommand(
  parser: Argv,
  word: string,
  spec: CommandSpec,
  choose: (spec: CommandSpec, input: CommandInput) => void,
): void {
  const positionals = spec.positionals ?? [];
  const usage = [
    word,
    ...positionals.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`)),
  ].join(" ");
  parser.command(
    spec.groupDefault === true ? [usage, "$0"] : usage,
    spec.summary,
    (inner) => {
      for (const positional of positionals)
        inner.positional(positional.name, { type: "string", describe: positional.describe });
      for (const [name, option] of Object.entries(spec.options)) inner.option(name, toYargs(option));
      for (const [line, what] of spec.examples ?? []) inner.example(line, what);
      return inner.check((values) => {
        checkValues(values, spec);
        return true;
      });
    },
    (values) => choose(spec, inputOf(values, spec)),
  );
}

/** Words that name a group and no command yet: its help is the answer. */
function isGroup(tree: Branch, argv: readonly string[]): boolean {
  let branch: Branch | undefined = tree;
  for (const word of argv) {
    if (word.startsWith("-")) return false;
    branch = branch?.children.get(word);
  }
  return branch !== undefined && branch.spec === undefined && defaultOf(branch) === undefined;
}

function configure(parser: Argv, argv: readonly string[], columns: number): Argv {
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS))
    parser.option(name, { ...toYargs(option), global: true, group: "Global options:" });
  return parser
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "duplicate-arguments-array": true,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
    })
    .help("help", "show help")
    .version("version", "show the version", VERSION)
    .alias({ help: "h", version: ["V", "v"] })
    .strict()
    .recommendCommands()
    .exitProcess(false)
    .wrap(Math.min(80, Math.max(40, columns)))
    .fail((message, error) => {
      // The parser's own complaints are usage errors too; anything else is a fault of ours.
      if (error !== undefined && error !== null && error.name !== "YError") throw error;
      throw new CliError("usage", usageText(message ?? error.message, argv), [
        "openclaw --help, or --help after a command, shows what is possible",
      ]);
    });
}

function toYargs(option: OptionSpec): {
  type: "string" | "boolean";
  describe: string;
  requiresArg?: boolean;
  alias?: string;
} {
  const alias = option.short === undefined ? {} : { alias: option.short };
  if (option.type === "boolean") return { type: "boolean", describe: option.describe, ...alias };
  const value = option.choices?.join("|") ?? option.value ?? "value";
  // Numbers and choices are checked here, so that a wrong one gets a sentence.
  return { type: "string", describe: `<${value}> ${option.describe}`, requiresArg: true, ...alias };
}

function checkValues(values: Readonly<Record<string, unknown>>, spec: CommandSpec): void {
  for (const [name, option] of Object.entries({ ...GLOBAL_OPTIONS, ...spec.options })) {
    const value = values[name];
    if (Array.isArray(value) && option.repeat !== true)
      throw new CliError("usage", `--${name} is given more than once`);
    for (const text of [value].flat()) {
      if (typeof text === "string") checkText(name, option, text);
    }
  }
}

function checkText(name: string, option: OptionSpec, text: string): void {
  if (text === "") throw new CliError("usage", `--${name} needs a value`);
  if (option.type === "number" && !/^\d+$/u.test(text)) {
    throw new CliError("usage", `invalid --${name}: \`${text}\` is not a whole number`);
  }
  if (option.choices !== undefined && !option.choices.includes(text)) {
    throw new CliError("usage", `invalid --${name}: \`${text}\` is not one of ${option.choices.join(", ")}`);
  }
}

function inputOf(values: Readonly<Record<string, unknown>>, spec: CommandSpec): CommandInput {
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries({ ...GLOBAL_OPTIONS, ...spec.options })) {
    const value = values[name];
    if (value === undefined) continue;
    options[name] =
      option.type === "number"
        ? Number(value)
        : option.repeat === true && !Array.isArray(value)
          ? [value]
          : value;
  }
  const positionals: Record<string, string> = {};
  for (const { name } of spec.positionals ?? []) {
    const value = values[name];
    if (typeof value === "string") positionals[name] = value;
  }
  const rest = Array.isArray(values["--"]) ? values["--"].map(String) : [];
  if (rest.length > 0 && spec.takesRest !== true) {
    throw new CliError("usage", `\`openclaw ${spec.path.join(" ")}\` takes no words after --`);
  }
  return { options, positionals, rest };
}

function usageText(message: string, argv: readonly string[]): string {
  if (/^Not enough non-option arguments/iu.test(message)) return "a word is missing";
  const bare = /^Not enough arguments following: (.*)$/u.exec(message)?.[1];
  if (bare !== undefined) return `${bare.length === 1 ? "-" : "--"}${bare} needs a value`;
  const meant = /^Did you mean (.*)\?$/u.exec(message)?.[1];
  if (meant !== undefined) {
    const end = argv.findIndex((word) => word.startsWith("-"));
    const typed = ["openclaw", ...argv.slice(0, end < 0 ? argv.length : end)].join(" ");
    return `\`${typed}\` is not a command; did you mean \`${meant}\`?`;
  }
  const unknown = /^Unknown arguments?: (.*)$/u.exec(message)?.[1];
  if (unknown === undefined) return message.charAt(0).toLowerCase() + message.slice(1);
  const typed = unknown.split(", ").map((name) => {
    const option = argv.find(
      (word) => word === `-${name}` || word === `--${name}` || word.startsWith(`--${name}=`),
    );
    return option === undefined
      ? `unexpected word \`${name}\``
      : `unknown option \`${option.split("=")[0] ?? ""}\``;
  });
  return [...new Set(typed)].join(", ");
}
