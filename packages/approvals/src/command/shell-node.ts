import type { NotAnalyzable } from "../decision.ts";
import { LIMITS } from "../limits.ts";
import { plainCdOperand, readCommandWord } from "../shell/builtins.ts";
import { readShellInvocation, type ShellInvocation } from "../shell/invocation.ts";
import { dialectOf, isMultiCallName } from "../shell/names.ts";
import { parseShellText, type ShellText } from "../shell/parse.ts";
import type { Analyze, CommandContext } from "./context.ts";
import { needsShell, type CommandNode, type EnteredDirectory, type ShellNode } from "./node.ts";
import { absolutePath, resolveFile, type Resolved } from "./resolve.ts";
import { isShellScript } from "./script-file.ts";

interface ShellCall {
  readonly argv: readonly string[];
  readonly name: string;
  readonly realName: string;
  readonly resolved: Resolved;
}

/** Variables that a shell which starts reads as code or as options. */
const STARTUP = /^(?:BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*)$/su;

/** Reads `sh -c TEXT` by its text and `sh FILE` by its file; a shell is never judged by its path. */
export function analyzeShell(call: ShellCall, context: CommandContext, analyze: Analyze): CommandNode {
  const { name, realName, argv } = call;
  const refuse = (construct: string, offset: number = 0): CommandNode => opaque(call, { construct, offset });
  if (context.facts.pathStyle === "win32") return refuse(`shell \`${name}\` on Windows`);
  const dialect = isMultiCallName(realName) ? dialectOf(name) : dialectOf(realName);
  if (dialect === undefined || dialectOf(name) === undefined) return refuse(`shell \`${name}\``);
  if (context.shells >= LIMITS.shellDepth) {
    return refuse(`more than ${LIMITS.shellDepth} shells inside each other`);
  }
  const startup = Object.keys(context.env).find((key) => STARTUP.test(key));
  const startsWith = `shell start-up variable \`${startup ?? ""}\``;
  const invocation = readShellInvocation(argv.slice(1));
  if (invocation.kind === "opaque") return refuse(invocation.construct);
  if (invocation.kind === "script") {
    return startup === undefined ? analyzeScript(call, invocation, context) : refuse(startsWith);
  }
  if (invocation.login && !(context.loginText && name === "sh")) return refuse("login shell");
  const parsed = parseShellText(invocation.text, dialect);
  if (!parsed.ok) return opaque(call, parsed.problem);
  const entered = enterDirectory(parsed.value, context);
  if (entered === "missing") return refuse("`cd` to a directory that is not there");
  const { commands, operators } = entered?.rest ?? parsed.value;
  if (dialect === "zsh" && commands.length > 1) {
    return refuse(`more than one command in \`${name}\``, commands[1]?.[0]?.offset);
  }
  const inside: CommandContext = {
    ...context,
    cwd: entered?.directory ?? context.cwd,
    inText: true,
    loginText: false,
    shells: context.shells + 1,
  };
  const nodes: CommandNode[] = [];
  for (const words of commands) {
    const typed = words.map((word) => word.value);
    const read = readCommandWord(typed);
    if (read.kind === "opaque") return refuse(read.construct, words[0]?.offset);
    nodes.push(read.kind === "builtin" ? { kind: "builtin", typed } : analyze(typed, inside));
  }
  const node: ShellNode = {
    kind: "shell",
    typed: argv,
    name,
    runner: call.resolved,
    commands: nodes,
    operators,
    ...(entered === undefined ? {} : { entered: entered.command }),
  };
  return startup !== undefined && needsShell(node) ? refuse(startsWith) : node;
}

interface Entered {
  readonly directory: string;
  readonly command: EnteredDirectory;
  readonly rest: ShellText;
}

/**
 * `cd DIRECTORY && …` in front of a text that stands alone is the same as starting the
 * rest there, once it is known that the directory exists.
 */
function enterDirectory(text: ShellText, context: CommandContext): Entered | "missing" | undefined {
  if (context.shells > 0 || context.wrappers > 0 || text.operators[0] !== "&&") return undefined;
  const typed = (text.commands[0] ?? []).map((word) => word.value);
  const operand = plainCdOperand(typed, context.env["CDPATH"] !== undefined);
  if (operand === undefined) return undefined;
  const directory = absolutePath(operand, context.cwd);
  if (context.facts.stat(directory)?.kind !== "directory") return "missing";
  return {
    directory,
    command: { typed, directory },
    rest: { commands: text.commands.slice(1), operators: text.operators.slice(1) },
  };
}

function analyzeScript(
  call: ShellCall,
  invocation: Extract<ShellInvocation, { kind: "script" }>,
  { cwd, facts }: CommandContext,
): CommandNode {
  const args = call.argv.slice(1);
  const script = resolveFile(args[invocation.operand] ?? "", cwd, facts);
  if (script === undefined || !isShellScript(script, facts)) {
    return opaque(call, { construct: "file that is no executable shell script", offset: 0 });
  }
  return {
    kind: "script",
    typed: call.argv,
    runner: call.resolved,
    options: args.slice(0, invocation.operand),
    script,
    args: args.slice(invocation.operand + 1),
  };
}

function opaque(call: ShellCall, problem: NotAnalyzable): CommandNode {
  const { argv: typed, name: shell, resolved } = call;
  return { kind: "opaque", typed, shell, resolved, problem };
}
