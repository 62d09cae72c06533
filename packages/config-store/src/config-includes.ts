import { dirname, resolve } from "node:path";

import { configError, isConfigObject, readConfigFile } from "./config-file.ts";
import type { ConfigObject } from "./config-file.ts";
import { storeLimits } from "./limits.ts";
import { shown } from "./shown-text.ts";

/** The parts of the configuration that a node host reads; includes elsewhere are not opened. */
const sections: ReadonlySet<string> = new Set(["gateway", "browser", "nodeHost", "tools"]);

export interface LoadedConfig {
  readonly root: ConfigObject;
  /** Every file that was read, the main one first. Empty when there is none. */
  readonly files: readonly string[];
}

/**
 * The main file with its `$include` (a path or a list of paths, relative to the file that names them) put in, at the top
 * and inside the sections we read. Included files come first, later ones over earlier ones, the file's own keys over
 * all; objects are merged, everything else is replaced. An included file that is absent is an error.
 */
export function loadConfig(configFile: string): LoadedConfig {
  const files: string[] = [];

  const load = (path: string, chain: readonly string[], whole: boolean): unknown => {
    if (files.length >= storeLimits.configFiles)
      throw configError(path, `more than ${storeLimits.configFiles} files are included`, {});
    const found = readConfigFile(path);
    if (found === undefined) {
      const from = chain.at(-1);
      if (from === undefined) return {};
      throw configError(from, `the included file ${shown(path)} does not exist`, {
        key: "$include",
      });
    }
    files.push(path);
    return expand(found.value, [...chain, path], whole);
  };

  /** `whole` marks the root of a document, of which only our sections are expanded. */
  const expand = (value: unknown, chain: readonly string[], whole: boolean): unknown => {
    if (!isConfigObject(value)) return value;
    const own = new Map<string, unknown>();
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$include" || (whole && !sections.has(key))) continue;
      own.set(key, expand(inner, chain, false));
    }
    const ownObject: ConfigObject = Object.fromEntries(own);
    if (!Object.hasOwn(value, "$include")) return ownObject;
    const included = includedBy(value["$include"], chain, whole);
    if (own.size === 0) return included;
    if (isConfigObject(included)) return merged(included, ownObject);
    throw configError(
      chain.at(-1) ?? "",
      "`$include` beside other keys must name a file that holds an object",
      {
        key: "$include",
      },
    );
  };

  const includedBy = (wanted: unknown, chain: readonly string[], whole: boolean): unknown => {
    const from = chain.at(-1) ?? "";
    const names: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    const values = names.map((name) => {
      if (typeof name !== "string" || name.trim() === "")
        throw configError(from, "`$include` must be a path or a list of paths", {
          key: "$include",
        });
      const path = resolve(dirname(from), name);
      if (chain.includes(path))
        throw configError(from, `${shown(name)} includes itself`, { key: "$include" });
      if (chain.length > storeLimits.configIncludeDepth)
        throw configError(from, `\`$include\` nests deeper than ${storeLimits.configIncludeDepth} files`, {
          key: "$include",
        });
      return load(path, chain, whole);
    });
    return values.reduce((earlier, later) => merged(earlier, later), {});
  };

  const root = load(configFile, [], true);
  if (!isConfigObject(root)) throw configError(configFile, "the top level must be an object", {});
  return { root, files };
}

/** The second over the first. Lists are replaced, not joined: what a file says about a list is all of it. */
function merged(under: unknown, over: unknown): unknown {
  if (!isConfigObject(under) || !isConfigObject(over)) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      !Object.hasOwn(over, key)
        ? under[key]
        : Object.hasOwn(under, key)
          ? merged(under[key], over[key])
          : over[key],
    ]),
  );
}
