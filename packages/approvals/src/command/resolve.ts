import { utf8Length, type FileIdentity } from "@openclaw/protocol";
import { identityOf } from "../bindings.ts";
import type { Facts, FileFact } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import { programName } from "../program-name.ts";
import { windowsCandidates } from "./resolve-windows.ts";

/** A file that a name led to. */
export interface Resolved {
  /** Real path: no links, no dot segments. */
  readonly path: string;
  /** Where it was found, before links were followed: what `which` prints. */
  readonly foundAt: string;
  /**
   * Absolute path by which it can be started where its own name cannot be passed along.
   * Absent where that would start it under another name.
   */
  readonly named?: string | undefined;
  /** Whether the name was looked up in an absolute directory of PATH. */
  readonly searched: boolean;
  readonly identity: FileIdentity;
}

/**
 * Finds the file that a name starts: as a path, or in PATH. Relative and empty entries of
 * PATH mean the working directory, as for `execvp`. `~` is only read in argv, never in
 * shell text, where quotes may have made it literal. Source: exec section 3.5.
 */
export function resolveExecutable(
  name: string,
  cwd: string,
  facts: Facts,
  expandHome: boolean,
): Resolved | undefined {
  if (name === "" || name.includes("\0") || utf8Length(name) > LIMITS.pathBytes) return undefined;
  if (facts.pathStyle === "win32") {
    return firstFile(windowsCandidates(name, cwd, facts), facts);
  }
  if (expandHome && name.startsWith("~/")) {
    return firstFile([{ path: `${facts.home}${name.slice(1)}`, searched: false }], facts);
  }
  if (name.includes("/")) {
    return firstFile([{ path: absolutePath(name, cwd), searched: false }], facts);
  }
  const candidates = facts.pathEnv
    .split(":")
    .slice(0, LIMITS.pathEntries)
    .map((entry) => ({
      path: `${absolutePath(entry === "" ? "." : entry, cwd)}/${name}`,
      searched: entry.startsWith("/"),
    }));
  return firstFile(candidates, facts);
}

/** A file by path, whether or not it can be started: the operand of an interpreter. */
export function resolveFile(path: string, cwd: string, facts: Facts): FileFact | undefined {
  if (path === "" || path.includes("\0") || utf8Length(path) > LIMITS.pathBytes) return undefined;
  const real = facts.realpath(absolutePath(path, cwd, facts.pathStyle));
  const fact = real === undefined ? undefined : facts.stat(real);
  return real === undefined || fact?.kind !== "file" ? undefined : { ...fact, path: real };
}

/** Joined, but not normalised: what `..` means is for the file system to say. */
export function absolutePath(path: string, cwd: string, style: Facts["pathStyle"] = "posix"): string {
  const absolute = style === "posix" ? path.startsWith("/") : /^(?:[A-Za-z]:)?[\\/]/u.test(path);
  return absolute ? path : `${cwd}/${path}`;
}

export interface Candidate {
  readonly path: string;
  readonly searched: boolean;
}

function firstFile(candidates: Iterable<Candidate>, facts: Facts): Resolved | undefined {
  for (const { path, searched } of candidates) {
    const real = facts.realpath(path);
    const fact = real === undefined ? undefined : facts.stat(real);
    if (real === undefined || fact?.kind !== "file" || !fact.executable) continue;
    if (utf8Length(real) > LIMITS.pathBytes) continue;
    const named = namedPath(path, real, facts);
    return {
      path: real,
      foundAt: path,
      ...(named === undefined ? {} : { named }),
      searched,
      identity: identityOf(real, fact),
    };
  }
  return undefined;
}

/**
 * Programs such as `xz` do different things under different names. The real path is only
 * taken when it still carries the name, and a link only when it lies beside the file that
 * it names, where whoever can change the one can change the other as well.
 */
function namedPath(found: string, real: string, facts: Facts): string | undefined {
  const name = programName(found, facts.pathStyle);
  if (programName(real, facts.pathStyle).includes(name)) return real;
  if (facts.pathStyle === "win32") return undefined;
  const directory = facts.realpath(found.slice(0, found.lastIndexOf("/")) || "/");
  const beside = directory === "/" ? `/${name}` : `${directory}/${name}`;
  return real.slice(0, real.lastIndexOf("/")) === directory ? beside : undefined;
}
