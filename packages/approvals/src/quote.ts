/** Words that need no quotes in any shell. */
const PLAIN = /^[A-Za-z0-9_./:,+=@%^-]+$/u;
/** What a person cannot see (controls, other blanks, fillers) or would take for a quote. */
const HIDDEN =
  /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffc\ufffd\u02b9-\u02bd\u2018-\u201b\u2032\u2035\uff07]/u;

/** Shows one argv unambiguously on one line: nothing hidden, nothing that looks like two words. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

/** Quotes one word for display: `'…'` when all of it is visible, else `$'…'` with escapes. */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  const characters = Array.from(word);
  // A mark in front would be drawn onto the quote.
  const hidden =
    /^\p{M}/u.test(word) || characters.some((character) => character !== " " && HIDDEN.test(character));
  if (!hidden) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${characters.map(escapeCharacter).join("")}'`;
}

/** Text for one line of a message: hidden characters as escapes, at most so many characters of it. */
export function visibleText(text: string, maxChars: number): string {
  const shown = Array.from(text.slice(0, maxChars))
    .map((character) =>
      character !== " " && HIDDEN.test(character) ? escapeCharacter(character) : character,
    )
    .join("");
  return text.length > maxChars ? `${shown}…` : shown;
}

function escapeCharacter(character: string): string {
  if (character === "'" || character === "\\") return `\\${character}`;
  if (character === "\n") return String.raw`\n`;
  if (character === "\t") return String.raw`\t`;
  if (character === "\r") return String.raw`\r`;
  if (character === " " || (!/\p{M}/u.test(character) && !HIDDEN.test(character))) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\U${code.toString(16).padStart(8, "0")}`;
}
