import { BROWSER_COMMANDS, NODE_COMMANDS, type BrowserCommand, type NodeCommand } from "@openclaw/protocol";
import { flag, listOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";

/** Everything that a node host of ours can offer. */
export const HOST_COMMANDS: readonly [...typeof NODE_COMMANDS, ...typeof BROWSER_COMMANDS] = [
  ...NODE_COMMANDS,
  ...BROWSER_COMMANDS,
];
export type HostCommand = NodeCommand | BrowserCommand;

/**
 * Commands that serve another one. Gateways since March 2026 prepare every run before they send it, and no policy is
 * replaced by somebody who has not read it. Source: exec section 2 and protocol section 4.4.
 */
const SERVED_BY: ReadonlyMap<HostCommand, HostCommand> = new Map([
  ["system.run", "system.run.prepare"],
  ["system.execApprovals.set", "system.execApprovals.get"],
  ["browser.proxy", "browser.proxy.upload.v1"],
]);

/** They do nothing without the command that they serve; the policy can be read on its own. */
const ONLY_SERVES: readonly HostCommand[] = ["system.run.prepare", "browser.proxy.upload.v1"];

/** What narrows the offer: the owner's choice of commands, and whether the configuration leaves the browser on. */
interface Offer {
  readonly commands?: readonly HostCommand[] | undefined;
  readonly browser: boolean;
}

/** What a node offers to its Gateway; a saved choice is at least one command. Absent means all. */
export function declaredCommands({ commands, browser }: Offer): readonly HostCommand[] {
  const offered = browser ? HOST_COMMANDS : NODE_COMMANDS;
  return commands === undefined ? offered : offered.filter((name) => commands.includes(name));
}

/** What `--commands` and `--all-commands` make of the saved choice. Throws CliError `bad-option`. */
export function chosenCommands(
  input: CommandInput,
  saved: readonly HostCommand[] | undefined,
): readonly HostCommand[] | undefined {
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

function parseCommands(text: string): readonly HostCommand[] {
  const words = text.split(",").map((word) => word.trim());
  const named = new Set<HostCommand>();
  for (const word of words) {
    const known = HOST_COMMANDS.find((name) => name === word);
    if (known === undefined) throw unknownCommand(word);
    named.add(known);
    const companion = SERVED_BY.get(known);
    if (companion !== undefined) named.add(companion);
  }
  for (const [owner, companion] of SERVED_BY) {
    if (!ONLY_SERVES.includes(companion) || !named.has(companion) || named.has(owner)) continue;
    throw new CliError("bad-option", `\`${companion}\` only serves \`${owner}\`; name both or neither`);
  }
  return HOST_COMMANDS.filter((name) => named.has(name));
}

function unknownCommand(word: string): CliError {
  const shown = word.length > 80 ? `${word.slice(0, 80)}…` : word;
  const what = word === "" ? "a name is missing" : `\`${shown}\` is no command of this node host`;
  return new CliError("bad-option", `invalid --commands: ${what}`, [
    `known: ${HOST_COMMANDS.join(", ")}`,
    "give their names with commas in between; --all-commands declares all of them again",
  ]);
}

/** One line about a surface that the owner's choice narrows; undefined when it does not. */
export function narrowedText({ commands: chosen, browser }: Offer): string | undefined {
  const commands = declaredCommands({ commands: chosen, browser });
  const left = declaredCommands({ browser }).filter((name) => !commands.includes(name));
  if (left.length === 0) return undefined;
  return `offering only ${commands.join(", ")}; left out: ${left.join(", ")} (--all-commands brings them back)`;
}
