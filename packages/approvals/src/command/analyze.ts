import type { NotAnalyzable } from "../decision.ts";
import { LIMITS } from "../limits.ts";
import { programName } from "../program-name.ts";
import { isMultiCallName, isShellName } from "../shell/names.ts";
import { dangerousToolArgument } from "../tools/danger.ts";
import { carrierName } from "../wrappers/carriers.ts";
import { isWrapperName, readWrapper } from "../wrappers/unwrap.ts";
import type { CommandContext } from "./context.ts";
import { scriptOperand } from "./interpreters.ts";
import type { CommandNode, FileNode, OpaqueNode } from "./node.ts";
import { resolveExecutable, type Resolved } from "./resolve.ts";
import { analyzeShell } from "./shell-node.ts";

/** Reads one argv down to the programs that it starts. Total, and bounded in depth. */
export function analyzeCommand(argv: readonly string[], context: CommandContext): CommandNode {
  const { facts, cwd } = context;
  const [typedName = "", ...args] = argv;
  const resolved = resolveExecutable(typedName, cwd, facts, !context.inText);
  const name = programName(typedName, facts.pathStyle);
  const realName = resolved === undefined ? name : programName(resolved.path, facts.pathStyle);
  const names = name === realName ? [name] : [name, realName];
  const file: FileNode = { kind: "file", typed: argv, name, resolved };
  if (names.some(isShellName)) {
    if (resolved === undefined) return file;
    return analyzeShell({ argv, name, realName, resolved }, context, analyzeCommand);
  }
  if (facts.pathStyle === "win32" && /\.(?:cmd|bat)$/iu.test(resolved?.path ?? typedName)) {
    return { ...file, carrier: "batch file" };
  }
  if (isWrapperName(name) && facts.pathStyle === "posix") {
    // A link of that name to something else is not the wrapper whose options are known.
    if (realName === name || isMultiCallName(realName)) return analyzeWrapper(file, args, context);
    return { ...file, carrier: name };
  }
  // A link named otherwise is a program of its own, unless it leads to a multi-call file:
  // then the name that was typed says which program it is.
  const judged = names.filter((each) => each === name || !isMultiCallName(each));
  const carrier = judged.some(isWrapperName) ? name : carrierName(judged, args);
  if (carrier !== undefined) return { ...file, carrier };
  const danger = dangerousToolArgument(judged, args);
  const operand = scriptOperand(realName, args, cwd, facts);
  return {
    ...file,
    ...(danger === undefined ? {} : { danger }),
    ...(operand === undefined ? {} : { operand }),
  };
}

function analyzeWrapper(file: FileNode, args: readonly string[], context: CommandContext): CommandNode {
  if (file.resolved === undefined) return file;
  if (context.wrappers >= LIMITS.wrapperDepth) {
    return opaque(file, { construct: `more than ${LIMITS.wrapperDepth} wrappers`, offset: 0 });
  }
  const read = readWrapper(file.name, args);
  if (read.kind === "opaque") return opaque(file, { construct: read.construct, offset: 0 });
  const inner = analyzeCommand(read.inner, { ...context, wrappers: context.wrappers + 1 });
  if (!read.keep) return inner;
  return {
    kind: "wrapper",
    typed: file.typed,
    name: file.name,
    runner: file.resolved,
    options: read.options,
    inner,
  };
}

function opaque(
  file: { readonly typed: readonly string[]; readonly resolved: Resolved | undefined },
  problem: NotAnalyzable,
): OpaqueNode {
  return { kind: "opaque", typed: file.typed, resolved: file.resolved, problem };
}
