import { CONNECTION_LIMITS } from "./limits.ts";

/** Text from outside as part of a message: no control or invisible characters, and not endless. */
export function shownText(text: string, maxChars: number = CONNECTION_LIMITS.shownChars): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
}
