import { readFileSync, statSync } from "node:fs";
import { loadPolicy } from "@openclaw/approvals";
import json5 from "json5";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { OPERATOR_LIMITS } from "../operator/limits.ts";
import { showPolicy } from "../operator/policy-screen.ts";
import { withPolicy } from "../operator/policy-target.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw approvals set`: replaces a policy by a document of the owner. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const file = parsePolicy(await policyText(input, io));
  await withPolicy(input, io, async (target) => {
    const view = await target.replace(file);
    if (flag(input, "json")) io.stdout.write(jsonLine(view));
    else showPolicy(screenFor(input, io), target, view, Date.now());
  });
  return EXIT.ok;
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

/** JSON5, as people write it by hand; a missing version is 1, another one is refused. */
function parsePolicy(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = json5.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^JSON5: /u, "") : String(cause);
    throw new CliError("bad-option", `the new policy is not JSON5: ${why}`, [], { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CliError("bad-option", "the new policy is not an object");
  }
  const file = { version: 1, ...value };
  // Gateways drop a misspelled value in silence, which can mean the widest one.
  const loaded = loadPolicy(JSON.stringify(file));
  if (loaded.kind === "ok") return file;
  throw new CliError("bad-option", `the new policy is not valid: ${loaded.problem.message}`);
}

function tooLarge(): CliError {
  return new CliError("bad-option", `the new policy is larger than ${OPERATOR_LIMITS.policyBytes} bytes`);
}
