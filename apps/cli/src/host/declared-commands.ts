import { NODE_COMMANDS, type NodeCommand } from "@openclaw/protocol";
import { flag, listOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";

/**
 * Commands that serve another one. Gateways since March 2026 prepare every run before they send it, and no policy is
 * replaced by somebody who has not read it. Source: exec section 2 and protocol section 4.4.
 */
const SERVED_BY: ReadonlyMap<NodeCommand, NodeCommand> = new Map([
  ["system.run", "system.run.prepare"],
  ["system.execApprovals.set", "system.execApprovals.get"],
]);

/** What a node offers to its Gateway; a saved choice is at least one command. Absent means all. */
export function declaredCommands(saved: {
  readonly commands?: readonly NodeCommand[] | undefined;
}): readonly NodeCommand[] {
  const { commands } = saved;
  if (commands === undefined) return NODE_COMMANDS;
  return NODE_COMMANDS.filter((name) => commands.includes(name));
}

/** What `--commands` and `--all-commands` make of the saved choice. Throws CliError `bad-option`. */
export function chosenCommands(
  input: CommandInput,
  saved: readonly NodeCommand[] | undefined,
): readonly NodeCommand[] | undefined {
  const typed = typedCommands(input);
  if (flag(input, "all-commands")) {
    if (typed === undefined) return undefined;
    throw new CliError("bad-option", "--commands and --all-commands contradict each other; give one of them");
  }
  return typed === undefined ? saved : parseCommands(typed);
}

/** The commands that were named, as one list. Undefined when the option was not given. */
export function typedCommands(input: CommandInput): string | undefined {
  const typed = listOption(input, "commands");
  return typed.length === 0 ? undefined : typed.join(",");
}

function parseCommands(text: string): readonly NodeCommand[] {
  const words = text.split(",").map((word) => word.trim());
  const named = new Set<NodeCommand>();
  for (const word of words) {
    const known = NODE_COMMANDS.find((name) => name === word);
    if (known === undefined) throw unknownCommand(word);
    named.add(known);
    const companion = SERVED_BY.get(known);
    if (companion !== undefined) named.add(companion);
  }
  for (const [owner, companion] of SERVED_BY) {
    if (companion !== "system.run.prepare" || !named.has(companion) || named.has(owner)) continue;
    throw new CliError("bad-option", `\`${companion}\` only serves \`${owner}\`; name both or neither`);
  }
  return NODE_COMMANDS.filter((name) => named.has(name));
}

function unknownCommand(word: string): CliError {
  const shown = word.length > 80 ? `${word.slice(0, 80)}…` : word;
  const what = word === "" ? "a name is missing" : `\`${shown}\` is no command of this node host`;
  return new CliError("bad-option", `invalid --commands: ${what}`, [
    `known: ${NODE_COMMANDS.join(", ")}`,
    "give their names with commas in between; --all-commands declares all of them again",
  ]);
}

/** One line about a narrowed surface; undefined when everything is declared. */
export function narrowedText(commands: readonly string[]): string | undefined {
  const left = NODE_COMMANDS.filter((name) => !commands.includes(name));
  if (left.length === 0) return undefined;
  return `offering only ${commands.join(", ")}; left out: ${left.join(", ")} (--all-commands brings them back)`;
}
