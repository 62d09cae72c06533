import type { Facts } from "../facts.ts";
import type { CommandNode } from "./node.ts";

/** What a command is read against. */
export interface CommandContext {
  readonly facts: Facts;
  readonly cwd: string;
  /** The environment of the child: some variables are code for a shell. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether `sh -lc` may be read: the Gateway named its text as the command. */
  readonly loginText: boolean;
  /** Whether the words come from shell text, where a leading `~` was quoted. */
  readonly inText: boolean;
  readonly shells: number;
  readonly wrappers: number;
}

/** Reads the commands inside a shell text. */
export type Analyze = (argv: readonly string[], context: CommandContext) => CommandNode;
