/** Shorter values are not masked: what is left of the output would spell them. Characters. */
export const MIN_SECRET_CHARS = 6;
/** Lines of a longer value that are masked each for itself; characters. */
const MIN_LINE_CHARS = 12;
/** Of one value; what is longer is no secret, but a document. */
const MAX_SECRET_CHARS = 65_536;
/** A longer value is looked for in pieces of this size, so that little has to be kept back. */
const PIECE_BYTES = 512;

/**
 * The byte strings that must not appear in an output that shall not tell these values: one character for each byte of
 * UTF-8. Of values with several lines each longer line counts too.
 */
export function secretTexts(values: Iterable<string>): readonly string[] {
  const texts = new Set<string>();
  for (const value of values) {
    const short = value.slice(0, MAX_SECRET_CHARS);
    for (const part of [short, ...linesOf(short)])
      for (const piece of pieces(Buffer.from(part, "utf8").toString("latin1"))) texts.add(piece);
  }
  return [...texts];
}

function linesOf(value: string): readonly string[] {
  if (!value.includes("\n")) return [];
  return value.split(/\r?\n/u).filter(({ length }) => length >= MIN_LINE_CHARS);
}

/** Each piece is as long as the others, the last one reaches back; so none is too short to be looked for. */
function pieces(text: string): readonly string[] {
  if (text.length < MIN_SECRET_CHARS) return [];
  if (text.length <= PIECE_BYTES) return [text];
  const count = Math.ceil(text.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(index * PIECE_BYTES, text.length - PIECE_BYTES);
    return text.slice(start, start + PIECE_BYTES);
  });
}
