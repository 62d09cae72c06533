import { readFileSync, statSync } from "node:fs";
import { diffPolicies } from "@openclaw/approvals";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { askLine, isConversation } from "../operator/ask-line.ts";
import { showDifference } from "../operator/difference-screen.ts";
import { OPERATOR_LIMITS } from "../operator/limits.ts";
import { showPolicy } from "../operator/policy-screen.ts";
import { withPolicy } from "../operator/policy-target.ts";
import { readWrittenPolicy } from "../operator/policy-text.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw approvals set`: replaces a policy by a document of the owner. On a terminal it shows what changes, and asks. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const file = parsePolicy(await policyText(input, io));
  const dryRun = flag(input, "dry-run");
  return await withPolicy(input, io, async (target) => {
    const planned = await target.plan({ file, whole: false });
    const { changed } = planned;
    if (flag(input, "json")) {
      const diff = diffPolicies(planned.before, planned.after);
      const view = changed && !dryRun ? await planned.write() : await target.read();
      io.stdout.write(jsonLine({ ...view, changed, ...(dryRun ? { dryRun } : {}), diff }));
      return EXIT.ok;
    }
    const screen = screenFor(input, io);
    // Standard input that held the document holds no answer.
    const asks = isConversation(io) && !flag(input, "stdin") && !flag(input, "yes");
    const shows = asks || dryRun || io.stdout.isTTY === true;
    const differences = shows ? showDifference(screen, io, target, planned) : [];
    if (dryRun) return EXIT.ok;
    if (asks && differences.length > 0 && !/^y(es)?$/u.test((await askLine(io, "Write this? [y/N]")) ?? "")) {
      screen.line("Nothing was written.");
      return EXIT.failure;
    }
    const view = changed ? await planned.write() : await target.read();
    if (io.stdout.isTTY === true) screen.line();
    showPolicy(screen, target, view, Date.now());
    return EXIT.ok;
  });
}

async function policyText(input: CommandInput, io: CommandIo): Promise<string> {
  const path = stringOption(input, "file");
  if (flag(input, "stdin") === (path !== undefined)) {
    throw new CliError("usage", "where is the new policy? give --file <file> or --stdin");
  }
  return path === undefined ? await readAll(io.stdin) : readPolicyFile(path);
}

function readPolicyFile(path: string): string {
  try {
    if (statSync(path).size > OPERATOR_LIMITS.policyBytes) throw tooLarge();
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const code = cause instanceof Error ? String(Reflect.get(cause, "code") ?? cause.message) : String(cause);
    throw new CliError("bad-option", `cannot read \`${path}\` (${code})`, [], { cause });
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > OPERATOR_LIMITS.policyBytes) throw tooLarge();
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** JSON5, as people write it by hand. */
function parsePolicy(text: string): Readonly<Record<string, unknown>> {
  const written = readWrittenPolicy(text);
  if (written.ok) return written.file;
  const { kind, message, line, column } = written;
  const place = line === undefined ? "" : ` (line ${line}, column ${column ?? 1})`;
  const what = kind === "syntax" ? "is not JSON5" : "is not valid";
  throw new CliError("bad-option", `the new policy ${what}: ${message}${place}`);
}

function tooLarge(): CliError {
  return new CliError("bad-option", `the new policy is larger than ${OPERATOR_LIMITS.policyBytes} bytes`);
}
