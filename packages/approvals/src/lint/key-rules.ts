import { quoteWord } from "../quote.ts";
import type { Finding } from "./finding.ts";

export type KeyPlace = "file" | "defaults" | "agent" | "allowlist" | "deny";

const SCOPE = ["security", "ask", "askFallback", "autoAllowSkills"] as const;

/** Keys that this engine, an older one or a Gateway reads, by the kind of place. */
const KNOWN: Readonly<Record<KeyPlace, readonly string[]>> = {
  file: ["version", "socket", "defaults", "agents"],
  defaults: SCOPE,
  agent: [...SCOPE, "allowlist", "deny", "mcpTools"],
  allowlist: [
    "id",
    "pattern",
    "source",
    "argPattern",
    "contentSha256",
    "launchSha256",
    "lastUsedAt",
    "lastUsedCommand",
    "lastResolvedPath",
  ],
  deny: ["pattern", "reason", "argPattern"],
};

/** Longer keys are no slip of the finger, in UTF-16 units. */
const MAX_KEY = 24;
const MAX_SLIPS = 2;

/** Keys that nobody reads; close to one that somebody reads, they are slips. */
export function lintKeys(
  place: KeyPlace,
  object: Readonly<Record<string, unknown>>,
  where: Pick<Finding, "agent" | "list" | "index" | "pattern">,
): readonly Finding[] {
  const known = KNOWN[place];
  return Object.keys(object).flatMap((key): readonly Finding[] => {
    if (known.includes(key)) return [];
    const meant = known.find((name) => isSlip(key, name));
    const name = `\`${quoteWord(key)}\``;
    const fix = [["openclaw", "approvals", "edit"]];
    if (meant === undefined) {
      const message = `the key ${name} is not known, and does nothing here`;
      return [{ code: "unknown-key", severity: "note", ...where, field: key, message, fix }];
    }
    const message = `the key ${name} does nothing; \`${meant}\` was probably meant`;
    return [{ code: "misspelled-key", severity: "warning", ...where, field: key, message, fix }];
  });
}

/** At most two letters wrong, missing, too many or swapped, in words of some length; case does not count. */
function isSlip(key: string, name: string): boolean {
  if (key.length > MAX_KEY || Math.abs(key.length - name.length) > MAX_SLIPS) return false;
  const [left, right] = [key, name].map((text) => text.toLowerCase().replace(/[-_]/gu, ""));
  const allowed = name.length < 6 ? 1 : MAX_SLIPS;
  return distance(left ?? "", right ?? "") <= allowed;
}

/** Letters to change, add, drop or swap with the next. */
function distance(left: string, right: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: right.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row];
    for (let at = 1; at <= right.length; at += 1) {
      const same = left[row - 1] === right[at - 1] ? 0 : 1;
      let best = Math.min((last[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + same);
      const swapped = row > 1 && at > 1 && left[row - 1] === right[at - 2] && left[row - 2] === right[at - 1];
      if (swapped) best = Math.min(best, (before[at - 2] ?? 0) + 1);
      line.push(best);
    }
    [before, last] = [last, line];
  }
  return last[right.length] ?? 0;
}
