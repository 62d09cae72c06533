import { wordList } from "../word-list.ts";

/** The closed set of ways in which a program does nothing but read its input. */
interface SafeProfile {
  /** Letters that stand alone. */
  readonly flags: string;
  /** Letters with a value. */
  readonly values: Readonly<Record<string, RegExp>>;
  readonly longFlags: ReadonlySet<string>;
  readonly longValues: Readonly<Record<string, RegExp>>;
  /** Long options of the program that are not allowed; a shortened form must not mean one. */
  readonly otherLong: ReadonlySet<string>;
  /** `-5`, the old form of `-n 5`. */
  readonly bareCount?: boolean;
  /** How many operands, and what they may be. `-` alone is the input. */
  readonly operands: readonly [min: number, max: number, form: RegExp];
}

const COUNT = /^[+-]?\d{1,18}(?:[kKmMGTPEZYRQ]i?B?|b)?$/u;
const NUMBER = /^\d{1,9}(?:\.\d{1,9})?$/u;
const LIST = /^[\d,-]{1,1024}$/u;
const DELIMITER = /^.$/su;
const TEXT = /^[^\0]{0,64}$/u;
const INPUT = /^-$/u;
/** A set of characters for `tr`, which never names a file. */
const CHARACTERS = /^(?:\[:[a-z]{5,6}:\]|[^\0*?[\]{}$`~]){1,256}$/u;

const COMMON = "help version";

const PROFILES: Readonly<Record<string, SafeProfile>> = {
  cut: {
    flags: "nsz",
    values: { b: LIST, c: LIST, f: LIST, d: DELIMITER },
    longFlags: wordList("complement only-delimited zero-terminated"),
    longValues: {
      bytes: LIST,
      characters: LIST,
      fields: LIST,
      delimiter: DELIMITER,
      "output-delimiter": TEXT,
    },
    otherLong: wordList(COMMON),
    operands: [0, 1, INPUT],
  },
  head: {
    flags: "qvz",
    values: { n: COUNT, c: COUNT },
    longFlags: wordList("quiet silent verbose zero-terminated"),
    longValues: { lines: COUNT, bytes: COUNT },
    otherLong: wordList(COMMON),
    bareCount: true,
    operands: [0, 1, INPUT],
  },
  tail: {
    flags: "qvz",
    values: { n: COUNT, c: COUNT },
    longFlags: wordList("quiet silent verbose zero-terminated"),
    longValues: {
      lines: COUNT,
      bytes: COUNT,
      pid: NUMBER,
      "sleep-interval": NUMBER,
      "max-unchanged-stats": NUMBER,
    },
    otherLong: wordList("follow retry debug", COMMON),
    bareCount: true,
    operands: [0, 1, INPUT],
  },
  tr: {
    flags: "cCdst",
    values: {},
    longFlags: wordList("complement delete squeeze-repeats truncate-set1"),
    longValues: {},
    otherLong: wordList(COMMON),
    operands: [1, 2, CHARACTERS],
  },
  uniq: {
    flags: "cduiz",
    values: { f: NUMBER, s: NUMBER, w: NUMBER },
    longFlags: wordList("count repeated unique ignore-case zero-terminated"),
    longValues: { "skip-fields": NUMBER, "skip-chars": NUMBER, "check-chars": NUMBER },
    otherLong: wordList("all-repeated group", COMMON),
    operands: [0, 1, INPUT],
  },
  wc: {
    flags: "clmwL",
    values: {},
    longFlags: wordList("bytes chars lines words max-line-length"),
    longValues: {},
    otherLong: wordList("files0-from total debug", COMMON),
    operands: [0, 1, INPUT],
  },
};

/** Programs that are covered without an entry, unless the owner says otherwise. */
export const SAFE_BINS: readonly string[] = Object.keys(PROFILES);

/**
 * Whether a program with these arguments only reads its input. Looks at nothing but the
 * arguments: what exists on the machine must not be told by the answer. Source: exec
 * section 3.7.
 */
export function isSafeUse(name: string, args: readonly string[]): boolean {
  const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (profile === undefined) return false;
  const operands: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    if (argument === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (argument === "-" || !argument.startsWith("-")) {
      operands.push(argument);
      continue;
    }
    if (at === 0 && profile.bareCount === true && /^-\d{1,9}$/u.test(argument)) continue;
    const taken = argument.startsWith("--")
      ? takeLong(profile, argument, args[at + 1])
      : takeShort(profile, argument, args[at + 1]);
    if (taken === 0) return false;
    at += taken - 1;
  }
  const [min, max, form] = profile.operands;
  return operands.length >= min && operands.length <= max && operands.every((operand) => form.test(operand));
}

/** How many arguments an option takes up; 0 when it is not in the profile. */
function takeLong(profile: SafeProfile, argument: string, next: string | undefined): number {
  const [, start = "", value] = /^--([a-z0-9-]+)(?:=(.*))?$/su.exec(argument) ?? [];
  const { longFlags, longValues, otherLong } = profile;
  const names = [...longFlags, ...Object.keys(longValues), ...otherLong];
  const found = names.includes(start) ? [start] : names.filter((name) => name.startsWith(start));
  const [name = ""] = found;
  if (start === "" || found.length !== 1) return 0;
  if (longFlags.has(name)) return value === undefined ? 1 : 0;
  const form = Object.hasOwn(longValues, name) ? longValues[name] : undefined;
  if (form === undefined) return 0;
  if (value !== undefined) return form.test(value) ? 1 : 0;
  return next !== undefined && form.test(next) ? 2 : 0;
}

function takeShort({ flags, values }: SafeProfile, argument: string, next: string | undefined): number {
  const letters = argument.slice(1);
  for (const [index, letter] of Array.from(letters).entries()) {
    if (flags.includes(letter)) continue;
    const form = Object.hasOwn(values, letter) ? values[letter] : undefined;
    if (form === undefined) return 0;
    const glued = letters.slice(index + 1);
    if (glued !== "") return form.test(glued) ? 1 : 0;
    return next !== undefined && form.test(next) ? 2 : 0;
  }
  return 1;
}
