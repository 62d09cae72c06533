import type { SegmentView } from "./decision.ts";
import { programName } from "./program-name.ts";
import { isMultiCallName } from "./shell/names.ts";

/** What a pattern gives a meaning of its own, what a list does not keep, and what a command line takes for an option. */
const SPECIAL = /[*?]|^[~=-]|^\s|\s$/u;

/** The narrowest pattern whose entry would cover a part of a command; absent where no entry for a program could. */
export function entryPattern({ typed, resolved, cause }: SegmentView): string | undefined {
  if (resolved === undefined) return undefined;
  if (cause?.kind !== "no-entry" && cause?.kind !== "untrusted-runner") return undefined;
  // A file that is many programs is listed by the name of the one that was asked for.
  const [name = ""] = typed;
  const multiCall = isMultiCallName(programName(resolved, "posix"));
  if (multiCall && name.includes("/")) return undefined;
  const pattern = multiCall ? name : resolved;
  return SPECIAL.test(pattern) ? undefined : pattern;
}

/** Where an entry for this agent is read: in a file the agent `default` is an old name of `main`. */
export function listedAgent(agent: string): string {
  return agent === "default" ? "*" : agent;
}
