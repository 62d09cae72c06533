import { graphemes, textWidth } from "../output/text-width.ts";

const PLAIN = /^[\u0020-\u007e]*$/u;

/**
 * A printable text in lines of at most `width` cells. Nothing is left out, blanks neither, and no line is
 * longer, so that a terminal never wraps by itself and nobody else decides where a line begins.
 */
export function hardWrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let cells = 0;
  for (const word of text.split(/(?<= )/u)) {
    const size = textWidth(word);
    // A blank may hang over the edge of what is read, not over that of the terminal.
    if (cells > 0 && cells + size > width) {
      lines.push(line);
      line = "";
      cells = 0;
    }
    if (size <= width) {
      line += word;
      cells += size;
      continue;
    }
    for (const piece of pieces(word, width)) {
      if (line !== "") lines.push(line);
      line = piece;
    }
    cells = textWidth(line);
  }
  return [...lines, line];
}

/** One long word in parts that fit. */
function* pieces(word: string, width: number): Generator<string> {
  if (PLAIN.test(word)) {
    for (let at = 0; at < word.length; at += width) yield word.slice(at, at + width);
    return;
  }
  let part = "";
  let cells = 0;
  for (const { segment } of graphemes(word)) {
    const size = textWidth(segment);
    if (cells > 0 && cells + size > width) {
      yield part;
      part = "";
      cells = 0;
    }
    part += segment;
    cells += size;
  }
  yield part;
}
