/** systemd's C-style escapes of one character. */
const named: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["s", " "],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
]);
const numbered = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;

/**
 * Splits and unquotes the words of an assignment as systemd does (manual page systemd.syntax, "Quoting"): blanks part
 * words, either quote may start anywhere outside the other, escapes hold inside and outside of quotes. Undefined for
 * what systemd refuses (an open quote, an unknown escape, an escape that is not a character), and for a lone `;`, which
 * parts commands.
 */
export function splitSystemdWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const starts = word === undefined && quote === undefined;
    if (starts && character === ";" && isBlank(text.charAt(at + 1))) return undefined;
    if (character === "\\") {
      const found = unescape(text.slice(at + 1, at + 10));
      if (found === undefined) return undefined;
      word = (word ?? "") + found.text;
      at += found.length;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (isBlank(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** The end of the text counts as one. */
function isBlank(character: string): boolean {
  return (
    character === "" || character === " " || character === "\t" || character === "\n" || character === "\r"
  );
}

function unescape(rest: string): { readonly text: string; readonly length: number } | undefined {
  const simple = named.get(rest.charAt(0));
  if (simple !== undefined) return { text: simple, length: 1 };
  const match = numbered.exec(rest);
  if (match === null) return undefined;
  const [whole, hex, octal, short, long] = match;
  const code =
    octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
  // Bytes above ASCII would have to be put together to UTF-8; nobody writes that.
  const isByte = short === undefined && long === undefined;
  if (code === 0 || code > 0x10ffff || (isByte && code > 0x7f)) return undefined;
  return { text: String.fromCodePoint(code), length: whole.length };
}

/** Takes the specifiers out: `%%` is `%`. Undefined when there is any other, whose value is not known here. */
export function plainSpecifiers(text: string): string | undefined {
  return /%(?!%)/.test(text.replaceAll("%%", "")) ? undefined : text.replaceAll("%%", "%");
}

/** The same for `$$` in command lines. A lone `$` that starts no variable stays. */
export function plainVariables(word: string): string | undefined {
  const rest = word.replaceAll("$$", "");
  return /\$\{/.test(rest) || /^\$[A-Za-z_]/.test(rest) ? undefined : word.replaceAll("$$", "$");
}
