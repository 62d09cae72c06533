/** What stands at the end of a snapshot that was cut. */
export const cutMark = "\n\n[...TRUNCATED - page too large]";

/** At most `limit` characters with the mark, cut after a whole line where there is one. */
export function cutText(
  text: string,
  limit: number,
): { readonly text: string; readonly isCut: boolean; readonly kept: string } {
  if (text.length <= limit) return { text, isCut: false, kept: text };
  const head = text.slice(0, Math.max(0, limit - cutMark.length));
  const end = head.lastIndexOf("\n");
  const whole = end > 0 ? head.slice(0, end) : head;
  // Half of a character that takes two places is no character.
  const kept = whole.replace(/[\uD800-\uDBFF]$/, "");
  return { text: `${kept}${cutMark}`.slice(0, limit), isCut: true, kept };
}
