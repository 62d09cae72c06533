import { compileGlob, type Glob } from "../match/glob.ts";

type Token = Glob["tokens"][number];

export interface CoverResult {
  readonly covers: boolean;
  /** Comparisons made: at most (tokens + 1) × (tokens + 1). */
  readonly steps: number;
}

/**
 * Whether every text that `narrow` matches is matched by `wide` as well. May say no where
 * the answer is yes, never the other way round: wildcards of `narrow` are walked like
 * characters that only a wildcard as wide accepts.
 */
export function globCovers(wide: string, narrow: string): CoverResult {
  const tokens = compileGlob(wide).tokens;
  const symbols = compileGlob(narrow).tokens;
  let steps = 0;
  let positions = closed([0], tokens);
  for (const symbol of symbols) {
    const after = new Set<number>();
    for (const position of positions) {
      steps += 1;
      const token = tokens[position];
      if (token === undefined || !accepts(token, symbol)) continue;
      after.add(isStar(token) ? position : position + 1);
    }
    if (after.size === 0) return { covers: false, steps };
    positions = closed(after, tokens);
  }
  return { covers: positions.has(tokens.length), steps: steps + 1 };
}

/** A star may stand for nothing, so the position after it is possible as well. */
function closed(positions: Iterable<number>, tokens: readonly Token[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const start of positions) {
    for (let at = start; !all.has(at); at += 1) {
      all.add(at);
      const token = tokens[at];
      if (token === undefined || !isStar(token)) break;
    }
  }
  return all;
}

function isStar(token: Token): boolean {
  return token.kind === "run" || token.kind === "all";
}

function accepts(token: Token, symbol: Token): boolean {
  switch (token.kind) {
    case "all":
      return true;
    case "run":
      return symbol.kind !== "all" && !isSlash(symbol);
    case "one":
      return symbol.kind === "one" || (symbol.kind === "literal" && !isSlash(symbol));
    case "literal":
      return symbol.kind === "literal" && symbol.character === token.character;
  }
}

function isSlash(symbol: Token): boolean {
  return symbol.kind === "literal" && symbol.character === "/";
}
