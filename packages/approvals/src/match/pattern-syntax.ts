import { LIMITS } from "../limits.ts";

/** A set of UTF-16 units. */
export interface UnitSet {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly negated: boolean;
}

/** A regular expression of the subset that can be matched in linear time. */
export type Pattern =
  | { readonly kind: "set"; readonly set: UnitSet }
  | { readonly kind: "assertion"; readonly at: Assertion }
  | { readonly kind: "sequence" | "choice"; readonly items: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly item: Pattern; readonly min: number; readonly max: number };

export type Assertion = "start" | "end" | "boundary" | "inside";

/** Thrown and caught inside this file: the pattern is not in the subset. */
class NotInSubset extends Error {}

const DIGITS: UnitSet["ranges"] = [[0x30, 0x39]];
const WORD: UnitSet["ranges"] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const BLANKS: UnitSet["ranges"] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: UnitSet["ranges"] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const ESCAPED_SETS: Readonly<Record<string, UnitSet["ranges"]>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: BLANKS,
  S: complement(BLANKS),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Reads a JavaScript regular expression (without flags) as far as it has no memory and no
 * look-around: `undefined` for everything else, also for what only older syntax allows.
 */
export function readPattern(source: string): Pattern | undefined {
  let at = 0;
  let depth = 0;
  const peek = (): string => source.charAt(at);
  const refuse = (): never => {
    throw new NotInSubset();
  };

  const readChoice = (): Pattern => {
    const items = [readSequence()];
    while (peek() === "|") {
      at += 1;
      items.push(readSequence());
    }
    return { kind: "choice", items };
  };
  const readSequence = (): Pattern => {
    const items: Pattern[] = [];
    while (at < source.length && peek() !== "|" && peek() !== ")") items.push(readRepeat());
    return { kind: "sequence", items };
  };
  const readRepeat = (): Pattern => {
    const item = readAtom();
    const [text, low, comma, high] =
      /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/u.exec(source.slice(at, at + 12)) ?? [];
    if (text === undefined) return item;
    if (item.kind === "assertion") refuse();
    at += text.length;
    // Whether it takes much or little makes no difference to a whole match.
    if (peek() === "?") at += 1;
    if (/[*+?{]/u.test(peek())) refuse();
    const min = text === "+" ? 1 : Number(low ?? 0);
    const max =
      text === "?"
        ? 1
        : low === undefined || (comma !== undefined && high === undefined)
          ? Infinity
          : Number(high ?? low);
    if (max < min) refuse();
    return { kind: "repeat", item, min, max };
  };
  const readAtom = (): Pattern => {
    const character = peek();
    at += 1;
    switch (character) {
      case "^":
        return { kind: "assertion", at: "start" };
      case "$":
        return { kind: "assertion", at: "end" };
      case ".":
        return { kind: "set", set: { ranges: LINE_ENDS, negated: true } };
      case "(":
        return readGroup();
      case "[":
        return { kind: "set", set: readClass() };
      case "\\": {
        const next = peek();
        if (next === "b" || next === "B") {
          at += 1;
          return { kind: "assertion", at: next === "b" ? "boundary" : "inside" };
        }
        return { kind: "set", set: { ranges: readEscape(), negated: false } };
      }
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        return refuse();
      default:
        return { kind: "set", set: { ranges: [unit(character)], negated: false } };
    }
  };
  const readGroup = (): Pattern => {
    if (peek() === "?" && !source.startsWith("?:", at)) refuse();
    if (peek() === "?") at += 2;
    depth += 1;
    if (depth > LIMITS.argPatternDepth) refuse();
    const inner = readChoice();
    if (peek() !== ")") refuse();
    at += 1;
    depth -= 1;
    return inner;
  };
  const readClass = (): UnitSet => {
    const negated = peek() === "^";
    if (negated) at += 1;
    const ranges: (readonly [number, number])[] = [];
    while (peek() !== "]") {
      const from = readClassUnit();
      if (peek() === "-" && source.charAt(at + 1) !== "]" && from.length === 1) {
        at += 1;
        const to = readClassUnit();
        ranges.push(rangeOf(from, to) ?? refuse());
      } else ranges.push(...from);
    }
    at += 1;
    return ranges.length === 0 ? refuse() : { ranges, negated };
  };
  const readClassUnit = (): UnitSet["ranges"] => {
    const character = peek();
    if (character === "") refuse();
    at += 1;
    if (character !== "\\") return [unit(character)];
    return /[bB]/u.test(peek()) ? refuse() : readEscape();
  };
  const readEscape = (): UnitSet["ranges"] => {
    const character = peek();
    const set = ESCAPED_SETS[character];
    const control = CONTROLS[character];
    const [hex, two, four] = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/u.exec(source.slice(at, at + 5)) ?? [];
    at += hex?.length ?? 1;
    if (set !== undefined) return set;
    if (control !== undefined) return [[control, control]];
    if (hex !== undefined) return [unitOf(Number.parseInt(two ?? four ?? "", 16))];
    if (character === "0" && !/\d/u.test(peek())) return [[0, 0]];
    return character === "" || /[A-Za-z0-9]/u.test(character) ? refuse() : [unit(character)];
  };

  try {
    const pattern = readChoice();
    return at === source.length ? pattern : undefined;
  } catch (error) {
    if (error instanceof NotInSubset) return undefined;
    throw error;
  }
}

function unit(character: string): readonly [number, number] {
  return unitOf(character.charCodeAt(0));
}

function unitOf(code: number): readonly [number, number] {
  return [code, code];
}

/** `a-z`. A NUL byte closes an argument, so it is never part of a range. */
function rangeOf(from: UnitSet["ranges"], to: UnitSet["ranges"]): readonly [number, number] | undefined {
  const [[low, same] = [0, 0]] = from;
  const [[high] = [0]] = to;
  const single = from.length === 1 && to.length === 1 && low === same;
  return single && to[0]?.[1] === high && low !== 0 && low <= high ? [low, high] : undefined;
}

function complement(ranges: UnitSet["ranges"]): UnitSet["ranges"] {
  const gaps: (readonly [number, number])[] = [];
  let next = 1;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  return [...gaps, [next, 0xffff]];
}
