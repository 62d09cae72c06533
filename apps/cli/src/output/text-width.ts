/** Printable ASCII, where a character is a cell. */
const PLAIN = /^[\u0020-\u007e]*$/u;
const NO_WIDTH = /^[\p{M}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
/** Code units of one visible character that are kept: a tower of marks is not a name. */
const GRAPHEME_UNITS = 16;

/** First and last code points that take two cells (East Asian wide and full-width). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Cells of a terminal that a printable text takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += cells(segment);
  return width;
}

/** The text in at most `width` cells; a cut is marked with `…`. */
export function cutText(text: string, width: number): string {
  if (PLAIN.test(text) && text.length <= width) return text;
  let kept = "";
  let used = 0;
  // Where the cut would go if the rest turns out not to fit.
  let beforeMark = "";
  for (const { segment } of graphemes(text)) {
    const size = cells(segment);
    if (used + size > width) return width < 1 ? "" : `${beforeMark}…`;
    kept += segment.slice(0, GRAPHEME_UNITS);
    used += size;
    if (used <= width - 1) beforeMark = kept;
  }
  return kept;
}

export function padText(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** What a reader takes for one character. The first call reads tables of languages: a megabyte, which most never need. */
export function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

let segmenter: Intl.Segmenter | undefined;

function cells(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  const code = grapheme.codePointAt(0) ?? 0;
  return EMOJI.test(grapheme) || WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
