import { utf8Length } from "@openclaw/protocol";
import { sha256 } from "../policy/hash.ts";
import { rebuildShellText } from "../shell/rebuild.ts";
import { needsShell, type CommandNode, type ShellNode } from "./node.ts";

/** What is started for a command that was fully understood. */
export interface Launch {
  readonly executable: string;
  readonly argv: readonly string[];
}

/**
 * SHA-256 of a launch: the same for two requests exactly when the same programs start in
 * the same way. An entry that "allow always" made for a part of a command names it.
 */
export function launchSha256({ executable, argv }: Launch): string {
  return sha256(JSON.stringify([executable, ...argv]));
}

/** Longest single argument that Linux passes to a program, in bytes. */
const MAX_ARGUMENT_BYTES = 131_071;

/** The program to start; `undefined` when the command cannot be started from its parse. */
export function launchOf(node: CommandNode): Launch | undefined {
  switch (node.kind) {
    case "file":
      return node.resolved && { executable: node.resolved.path, argv: node.typed };
    case "script": {
      const { runner, options, script, args, typed } = node;
      const argv = [typed[0] ?? runner.path, ...options, script.path, ...args];
      return { executable: runner.path, argv };
    }
    case "wrapper": {
      const inner = wordsOf(node.inner);
      const argv = inner && [node.typed[0] ?? node.name, ...node.options, ...inner];
      return argv && { executable: node.runner.path, argv };
    }
    case "shell": {
      const [only] = node.commands;
      if (!needsShell(node)) return only && launchOf(only);
      const argv = shellWords(node);
      return argv && { executable: node.runner.path, argv };
    }
    case "builtin":
    case "opaque":
      return undefined;
  }
}

/** The words that start a command from inside another one: absolute paths only. */
function wordsOf(node: CommandNode): readonly string[] | undefined {
  switch (node.kind) {
    case "builtin":
      return node.typed;
    case "file": {
      const path = node.resolved?.named;
      return path === undefined ? undefined : [path, ...node.typed.slice(1)];
    }
    case "script": {
      const path = node.runner.named;
      return path === undefined ? undefined : [path, ...node.options, node.script.path, ...node.args];
    }
    case "wrapper": {
      const path = node.runner.named;
      const inner = wordsOf(node.inner);
      return path === undefined ? undefined : inner && [path, ...node.options, ...inner];
    }
    case "shell": {
      const [only] = node.commands;
      return needsShell(node) ? shellWords(node) : only && wordsOf(only);
    }
    case "opaque":
      return undefined;
  }
}

function shellWords(node: ShellNode): readonly string[] | undefined {
  const commands = node.commands.map(wordsOf);
  if (!commands.every((words) => words !== undefined)) return undefined;
  const text = rebuildShellText(commands, node.operators);
  // A multi-call file knows by its name only that it is a shell.
  const path = node.runner.named;
  if (path === undefined || utf8Length(text) > MAX_ARGUMENT_BYTES) return undefined;
  return [path, "-c", text];
}
