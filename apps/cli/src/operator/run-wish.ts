import { stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { askedArgv, type AskedCommand } from "../host/asked-command.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { timeOption } from "./operator-gateway.ts";

/** What a person wants to run on a node, before anybody judged it. */
export interface RunWish {
  readonly command: AskedCommand;
  readonly cwd?: string | undefined;
  readonly agentId: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds that the command may take. */
  readonly commandTimeoutMs: number;
  /** Milliseconds that a decision may take. */
  readonly approvalTimeoutMs: number;
}

/** What a missing agent means to nodes; named, because an allow-always is kept for a named agent only. Source: exec section 1.3. */
const DEFAULT_AGENT = "main";

/** Reads the options of `nodes run`, or of the command that `usage` names. Throws CliError `usage` or `bad-option`. */
export function runWish(input: CommandInput, usage: string = "openclaw nodes run --node pi"): RunWish {
  const env = environment(input.options["env"]);
  return {
    command: command(input, usage),
    cwd: stringOption(input, "cwd"),
    agentId: stringOption(input, "agent") ?? DEFAULT_AGENT,
    ...(env === undefined ? {} : { env }),
    commandTimeoutMs: timeOption(input, "command-timeout") ?? OPERATOR_LIMITS.commandMs,
    approvalTimeoutMs: timeOption(input, "approval-timeout") ?? OPERATOR_LIMITS.approvalMs,
  };
}

function command(input: CommandInput, usage: string): RunWish["command"] {
  const raw = stringOption(input, "raw");
  if (raw !== undefined && input.rest.length > 0) {
    throw new CliError("usage", "give a command behind -- or a text for the shell with --raw, not both");
  }
  if (raw !== undefined && raw.trim() !== "") return { raw };
  const [program] = input.rest;
  if (program === undefined || program === "") {
    throw new CliError("usage", "which command? put it behind --", [
      `${usage} -- uname -a`,
      `or a text for the node's shell: ${usage} --raw "ls *.log | wc -l"`,
    ]);
  }
  return { argv: input.rest };
}

function environment(option: unknown): Readonly<Record<string, string>> | undefined {
  if (!Array.isArray(option)) return undefined;
  const pairs = option.map(String).map((text): readonly [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new CliError("bad-option", `--env wants NAME=value, not \`${text}\``);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** The arguments of a wish on a platform. */
export function wishedArgv(wish: RunWish, platform: string | undefined): readonly string[] {
  return askedArgv(wish.command, platform);
}
