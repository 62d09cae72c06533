import type { PolicyProblem } from "../rule.ts";

/** Where the values of an object or array begin, as offsets in the text. */
export type Places = WeakMap<object, ReadonlyMap<string, number>>;

export type JsonText =
  | { readonly ok: true; readonly value: unknown; readonly places: Places }
  | { readonly ok: false; readonly problem: PolicyProblem };

class JsonTextError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const BLANKS = /[ \t\n\r]*/uy;

/**
 * Reads JSON strictly and remembers where each value stands. A key that is there twice is
 * an error: `JSON.parse` would take the last one, and a reader may see the first one.
 */
export function readJsonText(text: string, maxDepth: number): JsonText {
  const places: Places = new WeakMap();
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };
  const fail = (message: string, offset: number = at): never => {
    throw new JsonTextError(message, offset);
  };
  const next = (): string => {
    take(BLANKS);
    return text.charAt(at);
  };
  const expect = (character: string): void => {
    if (next() !== character) fail(found(text, at, `\`${character}\``));
    at += 1;
  };
  const readString = (): string => {
    const literal = take(STRING);
    return String(JSON.parse(literal ?? fail(found(text, at, "a string"))));
  };

  const readItems = (close: string, item: () => void): void => {
    at += 1;
    if (next() === close) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      if (next() !== ",") break;
      at += 1;
    }
    expect(close);
  };

  const readValue = (depth: number): unknown => {
    if (depth > maxDepth) fail(`nests deeper than ${maxDepth} levels`);
    const first = next();
    const inside = new Map<string, number>();
    if (first === "{") {
      const object: Record<string, unknown> = {};
      readItems("}", () => {
        if (next() !== '"') fail(found(text, at, "a key in double quotes"));
        const start = at;
        const key = readString();
        if (key === "__proto__") fail("the key `__proto__` is not allowed", start);
        if (inside.has(key)) fail(`the key \`${key}\` is there twice`, start);
        expect(":");
        next();
        inside.set(key, at);
        object[key] = readValue(depth + 1);
      });
      places.set(object, inside);
      return object;
    }
    if (first === "[") {
      const array: unknown[] = [];
      readItems("]", () => {
        next();
        inside.set(String(array.length), at);
        array.push(readValue(depth + 1));
      });
      places.set(array, inside);
      return array;
    }
    if (first === '"') return readString();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    }
    return Number(take(NUMBER) ?? fail(found(text, at, "a value")));
  };

  try {
    const value = readValue(0);
    if (next() !== "") fail(found(text, at, "the end of the text"));
    return { ok: true, value, places };
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return { ok: false, problem: { message: error.message, ...placeOf(text, error.offset) } };
  }
}

/** Line and column of an offset, both from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
}

function found(text: string, at: number, wanted: string): string {
  const character = Array.from(text.slice(at, at + 2))[0];
  return character === undefined
    ? `the text ends where ${wanted} should be`
    : `\`${character}\` stands where ${wanted} should be`;
}
