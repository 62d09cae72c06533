import type { Facts } from "../facts.ts";
import { resolveExecutable } from "../command/resolve.ts";
import { expandHome, isPathPattern, matchesText } from "../match/entry.ts";
import { programName } from "../program-name.ts";
import { quoteWord } from "../quote.ts";
import { isMultiCallName } from "../shell/names.ts";
import { addition, entryFinding, removal, type Finding, type ListedAt } from "./finding.ts";

export interface FileLint {
  readonly findings: readonly Finding[];
  /** The name of the real file, where there is one. */
  readonly realName?: string;
}

/** What the machine says about the one file that an allow entry names. */
export function lintFile(at: ListedAt, facts: Facts): FileLint {
  const { pattern } = at.entry;
  if (/[*?]/u.test(pattern)) return { findings: [] };
  return isPathPattern(pattern, facts.pathStyle) ? lintPath(at, facts) : lintName(at, facts);
}

/** A path that is denied under one of its names only: deny entries know the typed path and the real one. */
export function lintDeniedFile(at: ListedAt, facts: Facts): Finding | undefined {
  const { pattern } = at.entry;
  if (/[*?]/u.test(pattern) || !isPathPattern(pattern, facts.pathStyle)) return undefined;
  const path = expandHome(pattern, facts.home);
  const real = facts.realpath(path);
  if (real === undefined || matchesText(path, real, facts.pathStyle)) return undefined;
  const multiCall = isMultiCallName(programName(real, facts.pathStyle));
  const better = multiCall ? programName(path, facts.pathStyle) : real;
  const message = `it is a link, or behind one, so it denies only commands that type exactly this path; ${shown(better)} is denied however it is typed`;
  return entryFinding(at, "file-is-link", "warning", message, addition(better, at), removal(at));
}

function lintPath(at: ListedAt, facts: Facts): FileLint {
  const { pattern } = at.entry;
  const approved = at.entry["source"] === "allow-always";
  const path = expandHome(pattern, facts.home);
  const real = facts.realpath(path);
  const fact = real === undefined ? undefined : facts.stat(real);
  if (real === undefined || fact === undefined) {
    const message = "there is no such file, or it cannot be looked at";
    return {
      findings: [entryFinding(at, "file-missing", approved ? "note" : "warning", message, removal(at))],
    };
  }
  if (fact.kind !== "file") {
    const message = "it is no file: a directory is listed as `directory/*`, or `directory/**` with all below";
    return { findings: [entryFinding(at, "file-unusable", "warning", message, removal(at))] };
  }
  const realName = programName(real, facts.pathStyle);
  const findings: Finding[] = [];
  if (isMultiCallName(realName)) {
    const name = programName(path, facts.pathStyle);
    const message = `it leads to ${shown(real)}, which is many programs, so a path names none of them; the name ${shown(name)} does`;
    findings.push(entryFinding(at, "file-is-link", "warning", message, addition(name, at), removal(at)));
  } else if (!matchesText(path, real, facts.pathStyle)) {
    const message = `it is a link, or behind one, so it matches nothing: links are followed first, to ${shown(real)}`;
    findings.push(entryFinding(at, "file-is-link", "warning", message, addition(real, at), removal(at)));
  }
  if (!fact.executable) {
    const message = "it cannot be started by itself, only as the script of a shell";
    findings.push(entryFinding(at, "file-unusable", "note", message));
  }
  const all = [...findings, ...lintWriters(at, real, facts)];
  // The name that was typed says which of its programs it is.
  return isMultiCallName(realName) ? { findings: all } : { findings: all, realName };
}

function lintName(at: ListedAt, facts: Facts): FileLint {
  const { pattern } = at.entry;
  const resolved = resolveExecutable(pattern, facts.hostCwd, facts, false);
  if (resolved === undefined) {
    const message =
      "no directory of this PATH holds such a program; the PATH of the node host may be another one";
    return { findings: [entryFinding(at, "name-not-found", "note", message, removal(at))] };
  }
  const findings = lintWriters(at, resolved.path, facts);
  const realName = programName(resolved.path, facts.pathStyle);
  return isMultiCallName(realName) ? { findings } : { findings, realName };
}

function lintWriters(at: ListedAt, real: string, facts: Facts): readonly Finding[] {
  // With its content bound, a changed file is not covered.
  if (at.entry["contentSha256"] !== undefined || facts.writableByOthers?.(real) !== true) return [];
  const message = `others than its owner and root may change ${shown(real)} or a directory above it, and so what runs`;
  return [entryFinding(at, "writable-by-others", "error", message, removal(at))];
}

function shown(text: string): string {
  return `\`${quoteWord(text)}\``;
}
