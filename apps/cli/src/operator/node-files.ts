import { posix, win32 } from "node:path";
import type { FileFact, Facts, PathStyle } from "@openclaw/approvals";

/** What a node has said about names: where it finds them, or nothing. */
export type KnownNames = ReadonlyMap<string, string | undefined>;

export interface NodeFiles {
  readonly facts: Facts;
  /** Names that were looked up and that nobody has asked the node about. */
  readonly wanted: ReadonlySet<string>;
}

/**
 * A machine that cannot be looked at: names lead where it says that they lead, absolute paths
 * are taken as they stand, and whatever would have to be read cannot be read.
 */
export function nodeFiles(known: KnownNames, pathStyle: PathStyle): NodeFiles {
  const { search, nowhere, path } = pathStyle === "win32" ? WINDOWS : POSIX;
  const wanted = new Set<string>();
  const files = new Set<string>();
  const directories = new Set<string>([nowhere]);
  // Below a directory that is not known lies nothing that is known, wherever the dots lead.
  const absolute = (asked: string): string | undefined =>
    asked !== nowhere && asked.startsWith(nowhere) ? undefined : path.normalize(asked);
  const realpath = (asked: string): string | undefined => {
    const name = asked.startsWith(search) ? asked.slice(search.length + 1) : undefined;
    const real = name === undefined ? absolute(asked) : found(name);
    if (real === undefined) return undefined;
    if (!directories.has(real)) files.add(real);
    return real;
  };
  const found = (name: string): string | undefined => {
    // On Windows the name is tried with several extensions, of which one may be right.
    const stem = pathStyle === "win32" ? name.replace(/\.[a-z]+$/iu, "") : name;
    const names = [...new Set([name, stem])];
    for (const each of names) if (!known.has(each)) wanted.add(each);
    return names
      .map((each) => known.get(each))
      .find((at) => at !== undefined && (name === stem || at.toLowerCase().endsWith(name.toLowerCase())));
  };
  const stat = (asked: string): FileFact | undefined => {
    const at = absolute(asked);
    if (at === undefined) return undefined;
    // A program is always followed through its links first; only directories are asked for straight away.
    if (!files.has(at)) directories.add(at);
    const kind = files.has(at) ? "file" : "directory";
    return { path: at, kind, executable: kind === "file", dev: 0, ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 };
  };
  const facts: Facts = { pathStyle, home: nowhere, hostCwd: nowhere, pathEnv: search, stat, realpath };
  return { facts, wanted };
}

/** Directories that stand for the search path and for what is not known. */
const POSIX = { search: "/.search-path", nowhere: "/.not-known", path: posix } as const;
const WINDOWS = { search: "C:\\.search-path", nowhere: "C:\\.not-known", path: win32 } as const;
