const WORDS = /security|audit|suppressions/gu;
const READ_ONLY = /^\S*openclaw config (?:get|schema|validate)(?: [\w.-]+)*$/u;
/** Within how many characters the three words count as the name of the setting. */
const NEARBY_CHARS = 200;

/**
 * Whether a command speaks of the setting that silences security findings; changing it
 * always takes a person. Linear in the length of the text. Source: exec section 2.3.
 */
export function mentionsAuditSuppressions(commandText: string): boolean {
  const last = new Map<string, number>();
  for (const { 0: word, index } of commandText.matchAll(WORDS)) {
    last.set(word, index);
    const first = Math.min(...last.values());
    if (last.size === 3 && index + word.length - first <= NEARBY_CHARS) {
      return !READ_ONLY.test(commandText);
    }
  }
  return false;
}
