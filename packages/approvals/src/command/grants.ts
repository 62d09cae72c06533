import { cwdArgvPattern, isHashable } from "../match/argument-hash.ts";
import type { Facts } from "../facts.ts";
import type { Judgement } from "../judge.ts";
import { LIMITS } from "../limits.ts";
import type { PolicyEntry } from "../policy/document.ts";
import { sha256 } from "../policy/hash.ts";
import { programName } from "../program-name.ts";
import { isMultiCallName } from "../shell/names.ts";
import { contentSha256 } from "./content.ts";
import { inlineCodeIn } from "../tools/inline-code.ts";
import { isInterpreterName } from "./interpreters.ts";
import { launchSha256 } from "./launch.ts";
import { needsShell, type CommandNode, type FileNode, type ScriptNode } from "./node.ts";

/** What "allow always" would save for a command. */
export interface Grants {
  /** Whether the entries cover everything that the command starts. */
  readonly complete: boolean;
  readonly entries: readonly PolicyEntry[];
}

/** Directories whose programs change only with the system itself. */
const SYSTEM = /^\/(?:usr\/)?(?:s?bin|lib(?:exec|32|64)?)\//u;

const NONE: Grants = { complete: false, entries: [] };

/**
 * The entries that cover exactly this command: each binds the real path, the arguments and
 * the directory. A program outside of the system's directories is bound to its content as
 * well, and a part of a longer command to the whole of it, so that nothing is saved that is
 * wider than what was seen. Nothing is saved for a program that may start another one, for
 * interpreters, and for inline code. Source: exec section 2.5, threat class 7.
 */
export function grantsOf({ node, cwd, launch }: Judgement, facts: Facts): Grants {
  const parts = partsOf(node);
  if (parts === undefined || parts.length === 0 || launch === undefined || !isHashable(cwd)) return NONE;
  const whole = isWhole(node) ? undefined : launchSha256(launch);
  const entries = parts.map((part) => entryFor(part, cwd, whole, facts));
  if (!entries.every((entry) => entry !== undefined)) return NONE;
  // The newest Gateways take a script behind a shell for incomplete as well.
  return { complete: parts.every((part) => part.kind === "file"), entries: distinct(entries) };
}

/**
 * Tells a Gateway that a command was approved for good, so that it need not ask again. It
 * allows nothing on the node. Source: exec section 2.5.
 */
export function commandMarker(commandText: string): PolicyEntry {
  return { pattern: `=node-command:${sha256(commandText).slice(0, 16)}`, source: "allow-always" };
}

type Part = FileNode | ScriptNode;

/** The programs of a command; `undefined` where one of them is never saved. */
function partsOf(node: CommandNode): readonly Part[] | undefined {
  switch (node.kind) {
    case "opaque":
      return undefined;
    case "builtin":
      return [];
    case "script":
      return [node];
    case "wrapper":
      return partsOf(node.inner);
    case "shell": {
      const parts = node.commands.map(partsOf);
      return parts.every((each) => each !== undefined) ? parts.flat() : undefined;
    }
    case "file":
      return isSavable(node) ? [node] : undefined;
  }
}

function isSavable(node: FileNode): boolean {
  const { resolved, carrier, danger, name } = node;
  if (resolved === undefined || carrier !== undefined || danger !== undefined) return false;
  // Slashes of both kinds end a directory here: too many names count, never too few.
  const realName = programName(resolved.path, "win32");
  if ([name, realName].some((each) => isInterpreterName(each) || isMultiCallName(each))) return false;
  return [name, realName].every((each) => inlineCodeIn(each, node.typed.slice(1)) === undefined);
}

/** Whether one program, under its own name, is all that starts. */
function isWhole(node: CommandNode): boolean {
  if (node.kind === "file") return node.name === programName(node.resolved?.path ?? "", "posix");
  const [only] = node.kind === "shell" ? node.commands : [];
  return node.kind === "shell" && only !== undefined && !needsShell(node) && isWhole(only);
}

function entryFor(
  part: Part,
  cwd: string,
  launch: string | undefined,
  facts: Facts,
): PolicyEntry | undefined {
  const path = part.kind === "script" ? part.script.path : part.resolved?.path;
  // A star or a question mark in a pattern would name other files as well.
  if (path === undefined || /[*?]/u.test(path) || path.length > LIMITS.patternChars) return undefined;
  const bound = part.kind === "script" || !SYSTEM.test(path);
  const content = bound ? contentSha256(path, facts) : undefined;
  if (bound && content === undefined) return undefined;
  const args = part.kind === "script" ? part.args : part.typed.slice(1);
  return {
    pattern: path,
    source: "allow-always",
    argPattern: cwdArgvPattern(cwd, args),
    ...(content === undefined ? {} : { contentSha256: content }),
    ...(launch === undefined ? {} : { launchSha256: launch }),
  };
}

function distinct(entries: readonly PolicyEntry[]): readonly PolicyEntry[] {
  return [
    ...new Map(entries.map((entry) => [`${entry.pattern}\0${entry.argPattern ?? ""}`, entry])).values(),
  ];
}
