/**
 * Whether an address is what a caller describes: the same, one that holds it, or one that a pattern with `*` (within a
 * part of the path) and `**` (over parts) describes. Walked without going back more than once for each star, so that no
 * pattern costs more than pattern times address.
 */
export function matchesUrl(url: string, pattern: string): boolean {
  if (!pattern.includes("*")) return url.includes(pattern);
  const tokens = pattern.match(/\*+|[^*]/gu) ?? [];
  let states = new Set([0]);
  for (const character of url) {
    const next = new Set<number>();
    for (const state of withStarsPassed(states, tokens)) {
      const token = tokens[state];
      if (token === undefined) continue;
      if (token.startsWith("*")) {
        if (token.length > 1 || character !== "/") next.add(state);
      } else if (token === character) next.add(state + 1);
    }
    states = next;
    if (states.size === 0) return false;
  }
  return withStarsPassed(states, tokens).has(tokens.length);
}

function withStarsPassed(states: ReadonlySet<number>, tokens: readonly string[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const state of states) {
    let at = state;
    all.add(at);
    while (tokens[at]?.startsWith("*") === true) all.add((at += 1));
  }
  return all;
}
