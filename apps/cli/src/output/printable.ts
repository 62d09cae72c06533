/** Control, format, separator and blank characters that act on a terminal or hide text; lone surrogates too. */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]/gu;

/** What a program may print and a person may read, but a terminal must not obey. */
const ACTING = /\r(?!\n)|(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** Most JSON is this, and a test for it costs a fraction of the search. */
const PLAIN = /^[ -~]*$/u;

/** Escapes what acts on a terminal or deceives a reader: a stranger's words are only ever words. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** Output of a command for a terminal: lines and tabs stay, escape sequences are shown instead of obeyed. */
export function terminalText(text: string): string {
  return text.replace(ACTING, escaped);
}

/** One JSON document on one line, in which nothing acts on a terminal; still the same JSON value. */
export function jsonLine(value: unknown): string {
  return `${escapedJson(JSON.stringify(value))}\n`;
}

/** The same over several lines, for a person. */
export function jsonPretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split("\n").map(escapedJson).join("\n")}\n`;
}

/** JSON's own characters are ASCII, so that an escape can stand only inside a string. */
function escapedJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(UNPRINTABLE, (character) =>
    Array.from({ length: character.length }, (_, index) => unitEscape(character.charCodeAt(index))).join(""),
  );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : unitEscape(code);
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
