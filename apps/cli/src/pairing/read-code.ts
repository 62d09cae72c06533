import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { CliError } from "../errors.ts";
import { badCode, PAIRING_LIMITS } from "./setup-code.ts";

/** A code as it was handed over. */
export interface GivenCode {
  readonly text: string;
  /** Told to the owner, where others may have seen it. */
  readonly warning?: string;
}

/** What `--pair` and `--pair-file` name; undefined when neither is given. Throws CliError. */
export async function readGivenCode(input: CommandInput, io: CommandIo): Promise<GivenCode | undefined> {
  const word = stringOption(input, "pair");
  const file = stringOption(input, "pair-file");
  if (word !== undefined && file !== undefined)
    throw new CliError("bad-option", "--pair and --pair-file contradict each other; give one of them");
  if (file !== undefined) return fromFile(resolve(currentDirectory(), file));
  if (word === "-") return { text: await fromStandardInput(io) };
  if (word === undefined) return undefined;
  return {
    text: word,
    warning:
      "others on this machine can read a pairing code on the command line; --pair-file FILE or --pair - keeps it private",
  };
}

function fromFile(path: string): GivenCode {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const facts = fstatSync(descriptor);
    if (!facts.isFile())
      throw new CliError("bad-option", `\`${path}\` is no file; --pair - reads standard input`);
    const bytes = Buffer.alloc(PAIRING_LIMITS.inputBytes + 1);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    const text = codeIn(bytes.subarray(0, length));
    const open = process.platform !== "win32" && (facts.mode & 0o077) !== 0;
    return open ? { text, warning: `others can read \`${path}\`; chmod 600 before the next code` } : { text };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new CliError("bad-option", `cannot read the pairing code from \`${path}\` (${code})`, [], {
      cause: error,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Up to the end or, as people type it, the end of the first line. */
async function fromStandardInput({ stdin, stderr }: CommandIo): Promise<string> {
  if (stdin.isTTY) stderr.write("Paste the pairing code, then press Enter: ");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const part: Buffer = Buffer.from(chunk);
    chunks.push(part);
    bytes += part.length;
    if (
      bytes > PAIRING_LIMITS.inputBytes ||
      (part.includes("\n") && Buffer.concat(chunks).toString().trim() !== "")
    )
      break;
  }
  // A pipe that is still open would keep the process.
  stdin.destroy();
  return codeIn(Buffer.concat(chunks));
}

/** The one code in it: more than one line is not one. */
function codeIn(bytes: Buffer): string {
  if (bytes.length > PAIRING_LIMITS.inputBytes)
    throw badCode(`there is more than ${PAIRING_LIMITS.inputBytes} bytes of it`);
  return bytes
    .toString("utf8")
    .replace(/^\uFEFF/u, "")
    .trim();
}
