import type { MutableFileOperand } from "@openclaw/protocol";
import { isInterpreterName } from "../command/interpreters.ts";
import type { CommandNode, FileNode } from "../command/node.ts";
import type { FileFact, Facts } from "../facts.ts";
import type { Judgement } from "../judge.ts";
import { LIMITS } from "../limits.ts";
import { sha256 } from "../policy/hash.ts";
import { programName } from "../program-name.ts";

/** A command in the form that an operator approves. */
export type BoundCommand =
  | {
      readonly ok: true;
      /** With the absolute path of the program, where the program is what was asked for. */
      readonly argv: readonly string[];
      readonly typedName?: string | undefined;
      readonly operand?: MutableFileOperand | undefined;
    }
  | { readonly ok: false; readonly message: string };

/** The first line is what Gateways know; the rest is for whoever reads it. */
const CANNOT_BIND = "SYSTEM_RUN_DENIED: approval cannot safely bind this interpreter/runtime command";
const UNBINDABLE: string = `${CANNOT_BIND}\nThe command was not run and nobody was asked: this node cannot tell which programs it would start. Send one program with plain arguments, or programs joined by && || ; | without expansions or redirections.`;

/**
 * Ties a command to files, so that what is approved is what runs. Interpreters need a
 * script file; text that was not understood, and inline code, cannot be tied to anything.
 * Source: exec section 2.6.
 */
export function bindCommand(argv: readonly string[], { node }: Judgement, facts: Facts): BoundCommand {
  const problem = nodeProblem(node);
  if (problem !== undefined) return { ok: false, message: problem };
  if (node.kind !== "file" && node.kind !== "script") return { ok: true, argv };
  const resolved = node.kind === "file" ? node.resolved : node.runner;
  const [typed = "", ...args] = argv;
  // A wrapper without effect is left out of what runs, but stays in what is shown.
  if (resolved === undefined || node.typed[0] !== typed) return { ok: true, argv };
  const path = resolved.named ?? resolved.path;
  const named = resolved.searched ? { typedName: typed } : {};
  const bound = { ok: true, argv: [path, ...args], ...named } as const;
  const script = node.kind === "script" ? node.script : node.operand;
  if (script === undefined) return bound;
  const argvIndex = node.kind === "script" ? node.options.length + 1 : 1;
  const operand = hashOperand(script, argvIndex, facts);
  return operand === undefined
    ? refuse("approval requires a readable script operand")
    : { ...bound, operand };
}

function nodeProblem(node: CommandNode): string | undefined {
  switch (node.kind) {
    case "builtin":
    case "script":
      return undefined;
    case "opaque":
      return UNBINDABLE;
    case "file":
      return fileProblem(node);
    case "wrapper":
      return nodeProblem(node.inner);
    case "shell":
      return node.commands.map(nodeProblem).find((problem) => problem !== undefined);
  }
}

function fileProblem({ resolved, operand, typed }: FileNode): string | undefined {
  if (resolved === undefined) {
    return "SYSTEM_RUN_DENIED: approval requires a stable executable path";
  }
  if (!isInterpreterName(programName(resolved.path, "posix")) || operand !== undefined) {
    return undefined;
  }
  const [first, ...rest] = typed.slice(1);
  if (first === undefined || first.startsWith("-")) {
    const harmless = /^(?:-[vV]|--version|--help)$/u.test(first ?? "") && rest.length === 0;
    return harmless ? undefined : UNBINDABLE;
  }
  return "SYSTEM_RUN_DENIED: approval requires an existing script operand";
}

function hashOperand(script: FileFact, argvIndex: number, facts: Facts): MutableFileOperand | undefined {
  const content = facts.readFile?.(script.path, LIMITS.scriptBytes);
  return content && { argvIndex, path: script.path, sha256: sha256(content) };
}

function refuse(text: string): BoundCommand {
  return { ok: false, message: `SYSTEM_RUN_DENIED: ${text}` };
}
