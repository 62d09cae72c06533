import { ConnectionError } from "./errors.ts";
import { shownText } from "./shown-text.ts";

/**
 * A SHA-256 certificate fingerprint in any accepted spelling (`AA:BB:…`, plain hex, `sha256:` or
 * `sha-256:` in front, other separators) as 64 lower-case hex characters. Source: protocol section 7.
 */
export function parseFingerprint(text: string): string {
  const hex = text
    .trim()
    .toLowerCase()
    // The second word is what certificate tools print.
    .replace(/^sha-?256(?:\s+fingerprint)?/u, "")
    .replace(/[^0-9a-f]/gu, "");
  if (hex.length !== 64) {
    throw new ConnectionError(
      "bad-fingerprint",
      `\`${shownText(text, 100)}\` is not a SHA-256 certificate fingerprint; expected 64 hex digits, with or without colons`,
    );
  }
  return hex;
}

/** The spelling that people compare: upper-case pairs with colons. */
export function formatFingerprint(hex: string): string {
  return (hex.toUpperCase().match(/../gu) ?? []).join(":");
}
