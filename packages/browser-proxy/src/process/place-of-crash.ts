/**
 * Where in the program an uncaught error came from, out of what a process wrote last. Names and places only: the text of
 * an error may hold what stood on a page.
 */
export function placeOfCrash(lastWords: string): string | undefined {
  const kind = /^(\w{0,40}Error)\b/mu.exec(lastWords)?.[1];
  const place = /^ {4}at [^\n]{0,500}?([\w.-]{1,80}:\d{1,7}:\d{1,7})\)?$/mu.exec(lastWords)?.[1];
  if (kind === undefined) return place === undefined ? undefined : `at ${place}`;
  return place === undefined ? kind : `${kind} at ${place}`;
}
