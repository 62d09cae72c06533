import type { PathStyle } from "../facts.ts";
import type { PolicyEntry } from "../policy/document.ts";
import { programName } from "../program-name.ts";
import { matchArguments, type ArgumentTarget } from "./arguments.ts";
import { GENERATED_PREFIX } from "./argument-hash.ts";
import { compileGlob, matchGlob } from "./glob.ts";

/** A program as patterns see it. */
export interface MatchTarget extends ArgumentTarget {
  /** Real path; undefined for what does not resolve. */
  readonly path: string | undefined;
  /** Name under which it was asked for. */
  readonly name: string;
  /** Whether it was found through PATH. */
  readonly searched: boolean;
  /** Whether the name, and not the path, says which program it is. */
  readonly multiCall: boolean;
  /** SHA-256 of the file's content; `undefined` when it cannot be read. */
  readonly content: () => string | undefined;
  /** SHA-256 of the whole command that the program is part of. */
  readonly launch: () => string | undefined;
  readonly pathStyle: PathStyle;
  readonly home: string;
}

/** `unsupported`: only the form of the argument pattern stands in the way. */
export type EntryMatch = "yes" | "no" | "unsupported";

/** Whether an allowlist entry covers a program with its arguments. Source: exec section 3.6. */
export function matchEntry(entry: PolicyEntry, target: MatchTarget): EntryMatch {
  const { pattern, argPattern, source, contentSha256, launchSha256 } = entry;
  // Entries that older hosts generated are wider than what was approved: they are inert.
  if (pattern.startsWith("=")) return "no";
  if (source === "allow-always") {
    if (argPattern?.startsWith(GENERATED_PREFIX) !== true) return "no";
    // What was seen under one name is not what the same file does under another.
    const { name, path = "", pathStyle } = target;
    const renamed = programName(name, pathStyle) !== programName(path, pathStyle);
    if (renamed && launchSha256 === undefined) return "no";
  }
  if (!matchProgram(pattern, target)) return "no";
  const match = argPattern === undefined ? "yes" : matchArguments(argPattern, target);
  if (match !== "yes") return match;
  if (launchSha256 !== undefined && launchSha256 !== target.launch()) return "no";
  return contentSha256 === undefined || contentSha256 === target.content() ? "yes" : "no";
}

/** Whether a pattern names this program; an unresolved program matches nothing. */
export function matchProgram(pattern: string, target: MatchTarget): boolean {
  const { path, name, searched, multiCall, pathStyle } = target;
  if (path === undefined || pattern.trim() === "") return false;
  if (pattern === "*") return true;
  if (isPathPattern(pattern, pathStyle)) {
    return !multiCall && matchesText(expandHome(pattern, target.home), path, pathStyle);
  }
  return searched && matchesText(pattern, name, pathStyle);
}

/** Whether a pattern speaks of a path, not of a bare name. */
export function isPathPattern(pattern: string, pathStyle: PathStyle): boolean {
  if (pattern.includes("/") || pattern === "~") return true;
  return pathStyle === "win32" && pattern.includes("\\");
}

export function expandHome(pattern: string, home: string): string {
  return /^~(?:[\\/]|$)/u.test(pattern) ? `${home}${pattern.slice(1)}` : pattern;
}

/** A pattern or text in the form in which they are compared. */
export function comparableText(value: string, pathStyle: PathStyle): string {
  if (pathStyle === "posix") return value;
  return value
    .replace(/^\\\\\?\\/u, "")
    .replaceAll("\\", "/")
    .toLowerCase();
}

/** Whole-text match; on Windows without regard to case and with one kind of slash. */
export function matchesText(pattern: string, text: string, pathStyle: PathStyle): boolean {
  const [wanted, given] = [comparableText(pattern, pathStyle), comparableText(text, pathStyle)];
  return /[*?]/u.test(wanted) ? matchGlob(compileGlob(wanted), given).matched : wanted === given;
}
