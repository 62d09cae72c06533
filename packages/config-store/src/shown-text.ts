import { storeLimits } from "./limits.ts";

/**
 * Text from outside, in backticks, safe for a terminal and a log line: control, format, unassigned and unusual blank
 * characters and the backtick itself become `\u{hex}`, and long text is cut with a mark.
 */
export function shown(text: string): string {
  const cut = text.length > storeLimits.shownChars ? `${text.slice(0, storeLimits.shownChars)}…` : text;
  return `\`${cut.replace(/[\p{C}\p{Z}`]/gu, (character) => (character === " " ? " " : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`))}\``;
}
