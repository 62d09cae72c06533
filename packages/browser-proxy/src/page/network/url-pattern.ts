import { browserProxyLimits } from "../../limits.ts";

/**
 * Whether an address is what a caller describes: the same, one that holds it, or one that a pattern with `*` (within a
 * part of the path) and `**` (over parts) describes. One walk over the address with all beginnings of the pattern at once,
 * so that no pattern costs more than pattern times address. No pattern describes an address that no field could hold.
 */
export function matchesUrl(url: string, pattern: string): boolean {
  if (!pattern.includes("*")) return url.includes(pattern);
  if (url.length > browserProxyLimits.fieldChars) return false;
  const tokens = pattern.match(/\*+|[^*]/gu) ?? [];
  const codes = tokens.map((token) => (token.startsWith("*") ? -Math.min(token.length, 2) : codeOf(token)));
  // Whether the first so many tokens describe the address so far.
  const row = new Uint8Array(codes.length + 1);
  row[0] = 1;
  if ((codes[0] ?? 0) < 0) row[1] = 1;
  for (const character of url) {
    const code = codeOf(character);
    let diagonal = row[0] ?? 0;
    row[0] = 0;
    for (let index = 1; index <= codes.length; index += 1) {
      const above = row[index] ?? 0;
      const token = codes[index - 1] ?? 0;
      if (token >= 0) row[index] = token === code ? diagonal : 0;
      else
        row[index] =
          token === -2 || character !== "/" ? above | (row[index - 1] ?? 0) : (row[index - 1] ?? 0);
      diagonal = above;
    }
  }
  return row[codes.length] === 1;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
