import type { PathStyle } from "../facts.ts";
import { GENERATED_PREFIX } from "../match/argument-hash.ts";
import { isPathPattern } from "../match/entry.ts";
import { readEntry } from "../policy/read.ts";
import { argumentPatternState } from "./argument-rules.ts";
import { entryFinding, removal, type Finding, type ListedAt } from "./finding.ts";

/** Why an entry can match nothing, whatever is on the machine. Empty: it can match. */
export function lintMatching(at: ListedAt, style: PathStyle): readonly Finding[] {
  const { entry, list } = at;
  const fix = removal(at);
  if (list === "deny") return lintDenyArguments(at);
  if (isOldGrant(entry)) {
    const message =
      "an older host made this entry for “allow always”; it is wider than what was approved, and is ignored here";
    return [entryFinding(at, "generated-ignored", "note", message, fix)];
  }
  if (readEntry(entry) === undefined) {
    const message = "a condition of this entry cannot be read, so it allows nothing";
    return [entryFinding(at, "condition-unreadable", "warning", message, EDIT)];
  }
  const why = deadPattern(entry.pattern, style);
  if (why !== undefined)
    return [entryFinding(at, "matches-nothing", "warning", `it matches nothing: ${why}`, fix)];
  const { argPattern } = entry;
  const state = typeof argPattern === "string" ? argumentPatternState(argPattern) : "fits";
  if (state === "unread") {
    const message =
      "its argument pattern is of a form that is not evaluated (look-around, back reference, or no regular expression), so it allows nothing";
    return [entryFinding(at, "arguments-unread", "warning", message, EDIT)];
  }
  if (state === "never") {
    const message = "no arguments can fit its argument pattern, so it allows nothing";
    return [entryFinding(at, "arguments-never", "warning", message, fix)];
  }
  return [];
}

/** A condition that cannot be judged makes a deny entry deny more; one that never holds makes it deny nothing. */
function lintDenyArguments(at: ListedAt): readonly Finding[] {
  const { argPattern } = at.entry;
  if (argPattern === undefined) return [];
  const readable = typeof argPattern === "string" && !argPattern.startsWith("sha256:");
  const state = readable ? argumentPatternState(argPattern) : "unread";
  if (state === "unread") {
    const message = "its argument pattern cannot be evaluated, so it denies the program with any arguments";
    return [entryFinding(at, "arguments-unread", "warning", message, EDIT)];
  }
  if (state === "fits") return [];
  const message = "no arguments can fit its argument pattern, so it denies nothing";
  return [entryFinding(at, "arguments-never", "warning", message, removal(at))];
}

/** What "allow always" of earlier hosts wrote; a marker for the Gateway is none of it. */
function isOldGrant({ pattern, source, argPattern }: ListedAt["entry"]): boolean {
  if (pattern.startsWith("=node-command:")) return false;
  if (pattern.startsWith("=")) return true;
  return (
    source === "allow-always" && !(typeof argPattern === "string" && argPattern.startsWith(GENERATED_PREFIX))
  );
}

/** Whether the entry only tells the Gateway something. */
export function isMarker({ pattern }: ListedAt["entry"]): boolean {
  return pattern.startsWith("=");
}

function deadPattern(pattern: string, style: PathStyle): string | undefined {
  if (pattern !== pattern.trim()) return "there is a blank at its beginning or end";
  if (pattern.includes("\0")) return "no path holds a NUL byte";
  if (style === "win32" || !isPathPattern(pattern, style)) return undefined;
  if (pattern === "~") return "the home directory is no program";
  if (!/^(?:\/|~\/|\*)/u.test(pattern)) return "it is neither a name nor an absolute path";
  if (/\/(?:\/|\.\/|\.\.\/|\.$|\.\.$|$)/u.test(pattern)) {
    return "the path of a program holds no `//`, `/./` or `/../`, and does not end with `/`";
  }
  return undefined;
}

const EDIT = ["openclaw", "approvals", "edit"] as const;
