import { identityOf } from "../bindings.ts";
import type { FileFact } from "../facts.ts";
import type { DenyTarget } from "../match/deny.ts";
import { needsShell, type CommandNode } from "./node.ts";
import type { Resolved } from "./resolve.ts";
import type { FileIdentity } from "@openclaw/protocol";

/** Every program and script that a command names, also those that would not be started. */
export function programsOf(node: CommandNode): readonly DenyTarget[] {
  const target = (
    resolved: Resolved | undefined,
    file?: FileFact,
    operand?: string,
    operandArgs?: readonly string[],
  ): readonly DenyTarget[] => [
    {
      typed: node.typed[0] ?? "",
      paths: resolved === undefined ? [] : [resolved.path],
      // What was not understood may have other arguments than those that were seen.
      args: node.kind === "opaque" ? undefined : node.typed.slice(1),
    },
    ...(file === undefined ? [] : [{ typed: operand ?? file.path, paths: [file.path], args: operandArgs }]),
  ];
  switch (node.kind) {
    case "builtin":
      return target(undefined);
    case "file":
      return [
        ...target(node.resolved, node.operand, node.typed[1], node.typed.slice(2)),
        ...(node.carrier === undefined && node.danger === undefined ? [] : guesses(node.typed)),
      ];
    case "opaque":
      return [...target(node.resolved), ...(node.shell === undefined ? guesses(node.typed) : [])];
    case "script":
      return target(node.runner, node.script, undefined, node.args);
    case "wrapper":
      return [...target(node.runner), ...programsOf(node.inner)];
    case "shell":
      return [...target(node.runner), ...node.commands.flatMap(programsOf)];
  }
}

/** Any argument of a program that starts others may be the program that it starts. */
function guesses(argv: readonly string[]): readonly DenyTarget[] {
  return argv
    .slice(1)
    .filter((argument) => !argument.startsWith("-"))
    .map((typed) => ({ typed, paths: [] }));
}

/** Whether some part starts programs that cannot be seen from here. */
export function hasUnseenPrograms(node: CommandNode): boolean {
  switch (node.kind) {
    case "opaque":
      return true;
    case "file":
      return node.carrier !== undefined || node.danger !== undefined;
    case "wrapper":
      return hasUnseenPrograms(node.inner);
    case "shell":
      return node.commands.some(hasUnseenPrograms);
    case "builtin":
    case "script":
      return false;
  }
}

/** The files whose change between decision and start would change what runs. */
export function filesOf(node: CommandNode): readonly FileIdentity[] {
  const runner = (resolved: Resolved): readonly FileIdentity[] => [
    resolved.identity,
    ...(resolved.named === undefined || resolved.named === resolved.path
      ? []
      : [{ ...resolved.identity, path: resolved.named }]),
  ];
  const file = (fact: FileFact): FileIdentity => identityOf(fact.path, fact);
  switch (node.kind) {
    case "builtin":
      return [];
    case "file":
      return [
        ...(node.resolved === undefined ? [] : runner(node.resolved)),
        ...(node.operand === undefined ? [] : [file(node.operand)]),
      ];
    case "opaque":
      return node.resolved === undefined ? [] : runner(node.resolved);
    case "script":
      return [...runner(node.runner), file(node.script)];
    case "wrapper":
      return [...runner(node.runner), ...filesOf(node.inner)];
    case "shell":
      return [...(needsShell(node) ? runner(node.runner) : []), ...node.commands.flatMap(filesOf)];
  }
}
