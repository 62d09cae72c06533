import type { CommandIo } from "../command.ts";
import { cutText } from "../output/text-width.ts";

export interface StatusOutput {
  readonly print: (lines: readonly string[]) => void;
  /** The last line, which changes in place; undefined takes it away. */
  readonly status: (text: string | undefined) => void;
  readonly width: () => number;
}

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Back to the first column, and away with what stood there. */
const ERASE = "\r\u001b[K";

/** Lines with a status line under them. Where lines cannot change in place, a status is printed once for each prompt. */
export function statusOutput({ stdout, env }: Pick<CommandIo, "stdout" | "env">): StatusOutput {
  const inPlace = stdout.isTTY === true && env["TERM"] !== "dumb";
  let current: string | undefined;
  let written = false;
  // A terminal that does not know its size has none.
  const width = (): number => Math.max(MIN_COLUMNS, (stdout.columns ?? 0) || DEFAULT_COLUMNS);
  return {
    width,
    print: (lines) => {
      if (lines.length === 0) return;
      const text = `${lines.join("\n")}\n`;
      if (!inPlace) written = false;
      // Terminals jump to the next line after the last column, so it stays free.
      const line = current === undefined || !inPlace ? "" : cutText(current, width() - 1);
      stdout.write(inPlace ? `${ERASE}${text}${line}` : text);
    },
    status: (text) => {
      if (inPlace) {
        if (text !== current) stdout.write(`${ERASE}${text === undefined ? "" : cutText(text, width() - 1)}`);
      } else if (text !== undefined && !written && text !== "…") stdout.write(`${text}\n`);
      written = text !== undefined;
      current = text;
    },
  };
}
