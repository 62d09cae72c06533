import type { CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";
import { linesFor } from "../output/wrap-text.ts";

/** One paragraph for a person; continued lines begin with `indent`. */
export function say(io: CommandIo, text: string, indent = "  "): void {
  io.stdout.write(`${linesFor(io.stdout, printable(text), indent).join("\n")}\n`);
}

export function sayError(io: CommandIo, text: string, indent = "  "): void {
  io.stderr.write(`${linesFor(io.stderr, printable(text), indent).join("\n")}\n`);
}

export function sayWarning(io: CommandIo, text: string): void {
  sayError(io, `Warning: ${text}`);
}
