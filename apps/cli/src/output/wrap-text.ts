import { textWidth } from "./text-width.ts";

/**
 * The text in lines of at most `width` cells, broken between words; further lines begin with
 * `indent`. A word that is wider than a line, such as a command to copy, stays whole.
 */
export function wrapText(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  const [start = ""] = /^ */u.exec(text) ?? [];
  const [first = "", ...words] = text.slice(start.length).split(" ");
  let line = `${start}${first}`;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${indent}${word}`;
  }
  return [...lines, line];
}

/** Lines for a stream: wrapped on a terminal, whole in a pipe, where programs read them. */
export function linesFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  text: string,
  indent = "",
): string[] {
  return stream.isTTY === true ? wrapText(text, Math.max(40, stream.columns ?? 80), indent) : [text];
}
