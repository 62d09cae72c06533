import type { Facts, FileFact } from "./facts.ts";

/**
 * Asks each fact once, and takes a fact that cannot be had for one that is not so. One
 * decision sees one state of the file system.
 */
export function guardFacts(facts: Facts): Facts {
  const stats = new Map<string, FileFact | undefined>();
  const paths = new Map<string, string | undefined>();
  const ask = <T>(question: () => T): T | undefined => {
    try {
      return question();
    } catch {
      return undefined;
    }
  };
  const once = <T>(known: Map<string, T | undefined>, path: string, question: () => T): T | undefined => {
    if (!known.has(path)) known.set(path, ask(question));
    return known.get(path);
  };
  return {
    pathStyle: facts.pathStyle,
    home: facts.home,
    hostCwd: facts.hostCwd,
    pathEnv: facts.pathEnv,
    stat: (path) => once(stats, path, () => facts.stat(path)),
    realpath: (path) => once(paths, path, () => facts.realpath(path)),
    readFile: (path, maxBytes) => ask(() => facts.readFile?.(path, maxBytes)),
    writableByOthers: (path) => ask(() => facts.writableByOthers?.(path)),
  };
}
