#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import type { CommandInput, CommandIo, CommandSpec } from "./command.ts";
import { currentDirectory } from "./current-directory.ts";
import { fastParse } from "./fast-parse.ts";

const argv = process.argv.slice(2);
const io: CommandIo = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
};

/** A reader that went away (`openclaw … | head`) is not an error of ours; an answer that cannot be written is one. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`openclaw: could not write to standard output (${error.code ?? error.message})\n`);
  process.exit(1);
});
/** Nobody reads what we say; that is no reason to stop what we do. */
process.stderr.on("error", () => undefined);

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { spec, input } = (await plainCommand()) ?? (await anyCommand()) ?? {};
    if (spec === undefined || input === undefined) return 0;
    const { run } = await spec.load();
    return await run(input, io);
  } catch (error) {
    const { reportError } = await import("./report-error.ts");
    return reportError(error, io, wantsJson());
  }
}

/** Words after `--` belong to another command. */
function wantsJson(): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json");
}

interface Chosen {
  readonly spec: CommandSpec;
  readonly input: CommandInput;
}

/**
 * `node run` is what starts on every boot of every node, `node status` what monitors ask every minute: the commands
 * of the machine's own host do not wait for the big parser.
 */
async function plainCommand(): Promise<Chosen | undefined> {
  for (const spec of COMMANDS) {
    const [group, word = ""] = spec.path;
    if (group !== "node" || !argv.includes(word)) continue;
    const input = fastParse(spec, argv);
    if (input !== undefined) return { spec, input };
  }
  return undefined;
}

async function anyCommand(): Promise<Chosen | undefined> {
  // The parser asks for it while it is loaded.
  currentDirectory();
  const { fullParse } = await import("./full-parse.ts");
  const parsed = await fullParse(COMMANDS, argv, process.stdout.columns ?? 80);
  if (parsed.kind === "command") return parsed;
  process.stdout.write(parsed.text);
  return undefined;
}
