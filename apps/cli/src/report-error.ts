import { StoreError } from "@openclaw/config-store";
import { ConnectionError } from "@openclaw/gateway-connection";
import type { CommandIo } from "./command.ts";
import { CliError } from "./errors.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { jsonLine, printable } from "./output/printable.ts";
import { linesFor } from "./output/wrap-text.ts";
import { VERSION } from "./version.ts";

/** Says what went wrong, once, and returns the exit code. In JSON mode the one document on stdout says it too. */
export function reportError(error: unknown, io: CommandIo, json: boolean): number {
  const known = error instanceof CliError || error instanceof StoreError || error instanceof ConnectionError;
  const message = known
    ? error.message
    : `internal error: ${error instanceof Error ? error.message : String(error)}`;
  const hints = error instanceof CliError ? error.hints : [];
  const code = known ? error.code : "internal";
  if (json) {
    const document = {
      ok: false,
      error: { type: "cli_error", message, code, ...(hints.length === 0 ? {} : { hints }) },
    };
    io.stdout.write(jsonLine(document));
  }
  // Words of a Gateway, of a file or of the command line may be in it; none of them acts on the terminal.
  const lines = [`openclaw: ${printable(message)}`, ...hints.map((hint) => `  ${printable(hint)}`)];
  for (const line of lines) io.stderr.write(`${linesFor(io.stderr, line, "  ").join("\n")}\n`);
  if (!known) {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    io.stderr.write(`This is a fault of openclaw ${VERSION}; please report it with these lines:\n${stack}\n`);
  }
  return exitCodeOf(error);
}
