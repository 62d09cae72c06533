import en from "zod/v4/locales/en.js";
import * as z from "zod/mini";
import { ProtocolError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ProtocolError };

/** The small schemas carry no texts of their own. */
const ENGLISH = { error: en().localeError };

/** Checks a value against a schema and names the first wrong field in words. */
export function parseWith<T>(schema: z.core.$ZodType<T>, value: unknown, what: string): Parsed<T> {
  const result = z.safeParse(schema, value, ENGLISH);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const path =
    issue === undefined || issue.path.length === 0 ? "" : ` at \`${issue.path.map(String).join(".")}\``;
  const text = lowerFirst(issue?.message ?? "invalid");
  return {
    ok: false,
    error: new ProtocolError("invalid-field", `${what}${path}: ${text}`, {
      path: issue?.path.map(String) ?? [],
    }),
  };
}

/**
 * Parses JSON text of bounded size and depth. The depth is counted on the text, so a
 * hostile document never reaches a recursive walk.
 */
export function parseJsonText(
  text: string,
  what: string,
  maxBytes: number = LIMITS.frameBytes,
  maxDepth: number = LIMITS.jsonDepth,
): Parsed<unknown> {
  if (exceedsBytes(text, maxBytes)) {
    return failure("frame-too-large", `${what} is larger than ${maxBytes} bytes`, { maxBytes });
  }
  if (nestsDeeperThan(text, maxDepth)) {
    return failure("too-deep", `${what} nests deeper than ${maxDepth} levels`, { maxDepth });
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (cause) {
    return {
      ok: false,
      error: new ProtocolError("not-json", `${what} is not JSON`, {}, { cause }),
    };
  }
}

/** Is a text longer than so many UTF-8 bytes? A UTF-16 unit is one to three of them, so most texts need no exact count. */
export function exceedsBytes(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || (text.length * 3 > maxBytes && utf8Length(text) > maxBytes);
}

/** Length of a text in UTF-8 bytes, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function nestsDeeperThan(text: string, maxDepth: number): boolean {
  // Nearly every document has so few brackets that they need not be told from those in strings.
  if (!holdsMoreThan(text, maxDepth)) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (inString) {
      if (unit === 0x5c) index += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return false;
}

/** Are there more than so many opening brackets, in strings or not? */
function holdsMoreThan(text: string, count: number): boolean {
  let found = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      found += 1;
      if (found > count) return true;
    }
  }
  return false;
}

function failure(
  code: ProtocolError["code"],
  message: string,
  details: Readonly<Record<string, unknown>>,
): { readonly ok: false; readonly error: ProtocolError } {
  return { ok: false, error: new ProtocolError(code, message, details) };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
