/** What a deny entry denies, as one text; its reason is no part of it. */
export function denyKey(entry: { readonly pattern: string; readonly argPattern?: unknown }): string {
  return JSON.stringify([entry.pattern, entry.argPattern ?? null]);
}
