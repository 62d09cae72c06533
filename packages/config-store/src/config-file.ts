import JSON5 from "json5";

import { StoreError } from "./errors.ts";
import { storeLimits } from "./limits.ts";
import { readStateFile } from "./read-state-file.ts";
import { shown } from "./shown-text.ts";

/** A JSON5 object as it was read; every value still unchecked. */
export type ConfigObject = Readonly<Record<string, unknown>>;

export function isConfigObject(value: unknown): value is ConfigObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One configuration file as a value, or undefined when there is none. Throws `bad-config` or a file error. */
export function readConfigFile(path: string): { readonly value: unknown } | undefined {
  const found = readStateFile(path, {
    what: "configuration file",
    maxBytes: storeLimits.configFileBytes,
  });
  if (found.kind === "absent") return undefined;
  let value: unknown;
  try {
    value = JSON5.parse(found.text);
  } catch (error) {
    throw notJson5(path, error);
  }
  if (!isShallow(value, storeLimits.documentDepth))
    throw configError(path, `values nest deeper than ${storeLimits.documentDepth} levels`, {});
  return { value };
}

/** A `bad-config` error; `problem` must not hold a value out of the file, which may be a secret. */
export function configError(
  path: string,
  problem: string,
  details: { readonly key?: string; readonly variable?: string },
): StoreError {
  return new StoreError(
    "bad-config",
    `the configuration file ${shown(path)} cannot be used: ${problem}; correct the file`,
    { path, ...details },
  );
}

function notJson5(path: string, error: unknown): StoreError {
  const line = numberAt(error, "lineNumber");
  const column = numberAt(error, "columnNumber");
  const place = line === undefined || column === undefined ? undefined : { line, column };
  const where = place === undefined ? "" : ` at line ${place.line}, column ${place.column}`;
  // The parser's own message is left out: it quotes the text.
  return new StoreError(
    "bad-config",
    `the configuration file ${shown(path)} is not valid JSON5${where}; correct it there`,
    { path, ...place },
  );
}

function numberAt(error: unknown, key: string): number | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, key) : undefined;
  return typeof value === "number" ? value : undefined;
}

/** Without recursion, because the depth is what is in doubt. */
function isShallow(root: unknown, maxDepth: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return false;
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}
