import { shown } from "./shown-text.ts";

/** Where and why a text is not acceptable JSON. `offset` counts UTF-16 code units from 0. */
export interface JsonFault {
  readonly offset: number;
  /** Lower case, without the place: "expected `,` or `}`, found `x`". */
  readonly problem: string;
}

const whitespace = /[ \t\n\r]*/y;
/** Everything but control characters, the quote and the backslash. */
const plainCharacters = /[ !#-[\]-\uffff]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const word = /true|false|null/y;

/**
 * Walks over one JSON text (RFC 8259) in linear time and reports the first fault, if any: bad syntax, a key that
 * repeats in its object, the key `__proto__`, or nesting beyond `maxDepth`. Makes no values; JSON.parse does that.
 */
export function findJsonFault(text: string, maxDepth: number): JsonFault | undefined {
  try {
    const end = value(text, skip(text, 0), maxDepth);
    const rest = skip(text, end);
    return rest === text.length ? undefined : expected(text, rest, "the end of the text");
  } catch (error) {
    if (error instanceof FaultFound) return error.fault;
    throw error;
  }
}

/** Carries the fault out of the walk. Never leaves this file. */
class FaultFound extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.problem);
    this.fault = fault;
  }
}

function value(text: string, at: number, depthLeft: number): number {
  const first = text[at];
  if (first === '"') return string(text, at);
  if (first === "{" || first === "[") {
    if (depthLeft === 0) throw new FaultFound({ offset: at, problem: "nested too deep" });
    return first === "{" ? object(text, at, depthLeft - 1) : array(text, at, depthLeft - 1);
  }
  const end = match(word, text, at) ?? match(number, text, at);
  if (end === undefined) throw new FaultFound(expected(text, at, "a value"));
  return end;
}

function array(text: string, start: number, depthLeft: number): number {
  let at = skip(text, start + 1);
  if (text[at] === "]") return at + 1;
  for (;;) {
    at = skip(text, value(text, at, depthLeft));
    if (text[at] === "]") return at + 1;
    if (text[at] !== ",") throw new FaultFound(expected(text, at, "`,` or `]`"));
    at = skip(text, at + 1);
  }
}

function object(text: string, start: number, depthLeft: number): number {
  const keys = new Set<string>();
  let at = skip(text, start + 1);
  if (text[at] === "}") return at + 1;
  for (;;) {
    if (text[at] !== '"')
      throw new FaultFound(expected(text, at, keys.size === 0 ? 'a key in `"` or `}`' : 'a key in `"`'));
    const keyEnd = string(text, at);
    addKey(keys, text, at, keyEnd);
    at = skip(text, keyEnd);
    if (text[at] !== ":") throw new FaultFound(expected(text, at, "`:`"));
    at = skip(text, value(text, skip(text, at + 1), depthLeft));
    if (text[at] === "}") return at + 1;
    if (text[at] !== ",") throw new FaultFound(expected(text, at, "`,` or `}`"));
    at = skip(text, at + 1);
  }
}

/** Keys are compared as they will be read, so that `"\u0061"` and `"a"` are the same. */
function addKey(keys: Set<string>, text: string, start: number, end: number): void {
  const key = String(JSON.parse(text.slice(start, end)));
  if (key === "__proto__")
    throw new FaultFound({ offset: start, problem: "the key `__proto__` is not allowed" });
  if (keys.has(key)) throw new FaultFound({ offset: start, problem: `the key ${shown(key)} appears twice` });
  keys.add(key);
}

function string(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    at = match(plainCharacters, text, at) ?? at;
    if (text[at] === '"') return at + 1;
    if (at >= text.length) throw new FaultFound(expected(text, at, '`"` at the end of the string'));
    if (text[at] !== "\\")
      throw new FaultFound({
        offset: at,
        problem: "a control character in a string must be escaped",
      });
    const end = match(escape, text, at);
    if (end === undefined)
      throw new FaultFound({ offset: at, problem: "unknown escape after `\\` in a string" });
    at = end;
  }
}

function skip(text: string, at: number): number {
  return match(whitespace, text, at) ?? at;
}

/** The end of a match that starts exactly there. */
function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function expected(text: string, offset: number, wanted: string): JsonFault {
  const code = text.codePointAt(offset);
  const found = code === undefined ? "the end of the text" : shown(String.fromCodePoint(code));
  return { offset, problem: `expected ${wanted}, found ${found}` };
}
