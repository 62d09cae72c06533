import type { CommandIo } from "../command.ts";
import { painter, type PaletteColor } from "../output/color.ts";
import { linesFor } from "../output/wrap-text.ts";

export interface DemoPrinter {
  title(text: string): void;
  /** `command` is what a user would type; without one it is a key. */
  step(title: string, action: { readonly command: string } | { readonly key: string }): void;
  output(text: string): void;
  /** What the node host says meanwhile, in its own terminal. */
  node(line: string): void;
}

const INDENT = "    ";

/** Numbered steps, each with the command that a user would type; plain and unwrapped in a pipe. */
export function demoPrinter(io: CommandIo, color: boolean): DemoPrinter {
  const paint = painter(color);
  let count = 0;
  const write = (line: string): void => {
    io.stdout.write(`${line}\n`);
  };
  const indented = (text: string, hanging: string, shade?: PaletteColor): void => {
    for (const line of linesFor(io.stdout, `${INDENT}${text}`, `${INDENT}${hanging}`)) {
      write(shade === undefined ? line : paint(shade, line));
    }
  };
  return {
    title: (text) => write(`\n${paint("accent", text)}`),
    step: (title, action) => {
      count += 1;
      write(`\n${paint("info", `${String(count).padStart(2)}. ${title}`)}`);
      indented("command" in action ? `$ ${action.command}` : action.key, "    ", "success");
    },
    output: (text) => {
      for (const line of text.split("\n")) indented(line, "  ");
    },
    node: (line) => indented(`| ${line}`, "|   ", "muted"),
  };
}
