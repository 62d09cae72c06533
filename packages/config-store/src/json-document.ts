import { StoreError } from "./errors.ts";
import { findJsonFault } from "./json-scanner.ts";
import { storeLimits } from "./limits.ts";

export interface ParseJsonOptions {
  /** What the text is, for the message: "the exec approvals file". */
  readonly what: string;
  /** Deepest nesting, default 64 levels, never more than 1000. */
  readonly maxDepth?: number;
}

/**
 * JSON.parse with a useful error, that refuses what two readers could understand differently: repeated keys and
 * `__proto__`. Throws `bad-json` with `line` and `column`. Bound the size before, see `readStateFile`.
 */
export function parseJsonDocument(text: string, options: ParseJsonOptions): unknown {
  const { what } = options;
  const maxDepth = Math.min(options.maxDepth ?? storeLimits.documentDepth, storeLimits.documentDepthCeiling);
  const fault = findJsonFault(text, maxDepth);
  if (fault === undefined) return JSON.parse(text);
  const { line, column } = placeOf(text, fault.offset);
  throw new StoreError(
    "bad-json",
    `${what} is not usable JSON at line ${line}, column ${column}: ${fault.problem}; correct it there or restore it from a copy`,
    { line, column },
  );
}

/** Line and column from 1; a line ends with `\n`, `\r\n` or `\r`; columns count UTF-16 code units. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (const end of text.slice(0, offset).matchAll(/\r\n|\n|\r/g)) {
    line += 1;
    lineStart = end.index + end[0].length;
  }
  return { line, column: offset - lineStart + 1 };
}
