import type { FileFact } from "../facts.ts";
import type { NotAnalyzable } from "../decision.ts";
import type { ShellOperator } from "../shell/parse.ts";
import type { Resolved } from "./resolve.ts";

/** A command as it was understood. What is judged is also what is launched. */
export type CommandNode = FileNode | BuiltinNode | ScriptNode | WrapperNode | ShellNode | OpaqueNode;

/** One program with its arguments. */
export interface FileNode {
  readonly kind: "file";
  readonly typed: readonly string[];
  /** Name by which the program was asked for. */
  readonly name: string;
  readonly resolved: Resolved | undefined;
  /** Set for a program that starts others. */
  readonly carrier?: string | undefined;
  /** An argument with which the program starts others, loads code or reads its options. */
  readonly danger?: string | undefined;
  /** The script of an interpreter, where it obviously is one. */
  readonly operand?: FileFact | undefined;
}

/** Something harmless that the shell does itself. */
interface BuiltinNode {
  readonly kind: "builtin";
  readonly typed: readonly string[];
}

/** `sh script.sh`: the script is judged. */
export interface ScriptNode {
  readonly kind: "script";
  readonly typed: readonly string[];
  readonly runner: Resolved;
  readonly options: readonly string[];
  readonly script: FileFact;
  readonly args: readonly string[];
}

/** `nice -n 5 tool`: the inner command is judged, the wrapper keeps its effect. */
interface WrapperNode {
  readonly kind: "wrapper";
  readonly typed: readonly string[];
  readonly name: string;
  readonly runner: Resolved;
  readonly options: readonly string[];
  readonly inner: CommandNode;
}

/** `sh -c TEXT`: every command of the text is judged. */
export interface ShellNode {
  readonly kind: "shell";
  readonly typed: readonly string[];
  readonly name: string;
  readonly runner: Resolved;
  readonly commands: readonly CommandNode[];
  readonly operators: readonly ShellOperator[];
  /** A leading `cd` that became the working directory. */
  readonly entered?: EnteredDirectory | undefined;
}

export interface EnteredDirectory {
  readonly typed: readonly string[];
  /** Absolute, not normalised. */
  readonly directory: string;
}

/** A command that the parser does not model. */
export interface OpaqueNode {
  readonly kind: "opaque";
  readonly typed: readonly string[];
  readonly resolved: Resolved | undefined;
  readonly shell?: string | undefined;
  readonly problem: NotAnalyzable;
}

/** Whether a shell has to be started for this text: one program alone needs none. */
export function needsShell(node: ShellNode): boolean {
  return node.commands.length > 1 || node.commands[0]?.kind === "builtin";
}
