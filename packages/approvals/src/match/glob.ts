/** A compiled path pattern. */
export interface Glob {
  readonly tokens: readonly GlobToken[];
}

type GlobToken =
  | { readonly kind: "literal"; readonly character: string }
  /** `?`: one character that is not `/`. */
  | { readonly kind: "one" }
  /** `*`: any run without `/`. */
  | { readonly kind: "run" }
  /** `**`: anything. */
  | { readonly kind: "all" };

/** `*`, `**` and `?` are special; every other character is itself. Source: exec section 3.6. */
export function compileGlob(pattern: string): Glob {
  const tokens: GlobToken[] = [];
  for (const part of pattern.match(/\*+|[^*]/gu) ?? []) {
    if (part === "*") tokens.push({ kind: "run" });
    else if (part.startsWith("*")) tokens.push({ kind: "all" });
    else if (part === "?") tokens.push({ kind: "one" });
    else tokens.push({ kind: "literal", character: part });
  }
  return { tokens };
}

export interface GlobMatch {
  readonly matched: boolean;
  /** Comparisons made: at most (characters + 1) × (tokens + 1). */
  readonly steps: number;
}

/**
 * Matches the whole text. Walks it once with the set of token positions that are still
 * possible, so no text can make it backtrack.
 */
export function matchGlob({ tokens }: Glob, text: string): GlobMatch {
  let steps = 0;
  const seen = new Int32Array(tokens.length + 1).fill(-1);
  const reach = (positions: readonly number[], at: number): number[] => {
    const reached: number[] = [];
    for (const start of positions) {
      // A star may stand for nothing, so the position after it is possible as well.
      for (let position = start; seen[position] !== at; position += 1) {
        steps += 1;
        seen[position] = at;
        reached.push(position);
        const kind = tokens[position]?.kind;
        if (kind !== "run" && kind !== "all") break;
      }
    }
    return reached;
  };

  let positions = reach([0], 0);
  let at = 0;
  for (const character of text) {
    if (positions.length === 0) break;
    at += 1;
    const after: number[] = [];
    for (const position of positions) {
      const token = tokens[position];
      if (token === undefined || !accepts(token, character)) continue;
      after.push(token.kind === "run" || token.kind === "all" ? position : position + 1);
    }
    positions = reach(after, at);
  }
  return { matched: positions.includes(tokens.length), steps };
}

function accepts(token: GlobToken, character: string): boolean {
  if (token.kind === "literal") return token.character === character;
  return token.kind === "all" || character !== "/";
}
