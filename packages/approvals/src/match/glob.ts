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
  /** Words of 32 positions that were moved on: at most characters × (tokens / 32 + 1). */
  readonly steps: number;
}

const BITS = 32;

/**
 * Matches the whole text. Walks it once with the set of token positions that are still
 * possible, 32 of them in one word, so no text can make it backtrack.
 */
export function matchGlob({ tokens }: Glob, text: string): GlobMatch {
  const words = Math.floor(tokens.length / BITS) + 1;
  const literals = new Map<string, number[]>();
  const [stars, anything, one]: [number[], number[], number[]] = [[], [], []];
  for (const [at, token] of tokens.entries()) {
    if (token.kind === "literal") {
      const places = literals.get(token.character);
      if (places === undefined) literals.set(token.character, [at]);
      else places.push(at);
    } else if (token.kind === "one") one.push(at);
    else {
      stars.push(at);
      if (token.kind === "all") anything.push(at);
    }
  }
  const [atStars, atAnything] = [bitsOf(stars, words), bitsOf(anything, words)];
  const atOne = bitsOf(one, words);
  const taking = new Map<string, Uint32Array>();
  const takenBy = (character: string): Uint32Array => {
    const places = literals.get(character);
    if (places === undefined && character !== "/") return atOne;
    let found = taking.get(character);
    if (found === undefined) {
      found = bitsOf(character === "/" ? (places ?? []) : [...(places ?? []), ...one], words);
      taking.set(character, found);
    }
    return found;
  };

  const possible = new Uint32Array(words);
  possible[0] = 1;
  passStars(possible, atStars);
  let steps = 0;
  for (const character of text) {
    const taken = takenBy(character);
    const kept = character === "/" ? atAnything : atStars;
    let carried = 0;
    let some = 0;
    for (let at = 0; at < words; at += 1) {
      const word = possible[at] ?? 0;
      const moved = word & (taken[at] ?? 0);
      const next = (moved << 1) | carried | (word & (kept[at] ?? 0));
      carried = moved >>> (BITS - 1);
      possible[at] = next;
      some |= next;
    }
    steps += words;
    if (some === 0) return { matched: false, steps };
    passStars(possible, atStars);
  }
  const last = tokens.length;
  return { matched: (((possible[last >>> 5] ?? 0) >>> (last & 31)) & 1) === 1, steps };
}

/** A star may stand for nothing, so the position after it is possible as well. Two stars never follow each other. */
function passStars(possible: Uint32Array, stars: Uint32Array): void {
  let carried = 0;
  for (let at = 0; at < possible.length; at += 1) {
    const word = possible[at] ?? 0;
    const passed = word & (stars[at] ?? 0);
    possible[at] = word | (passed << 1) | carried;
    carried = passed >>> (BITS - 1);
  }
}

function bitsOf(places: readonly number[], words: number): Uint32Array {
  const bits = new Uint32Array(words);
  for (const at of places) bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
  return bits;
}
