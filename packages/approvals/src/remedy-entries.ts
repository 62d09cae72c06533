import type { CommandView, SegmentView } from "./decision.ts";
import { entryPattern, listedAgent } from "./entry-pattern.ts";
import { addAllowlistEntries } from "./policy/entries.ts";
import { quoteWord } from "./quote.ts";
import type { Fix, RemedyState, RemedyStep } from "./remedy.ts";
import { wayAround } from "./remedy-text.ts";

/** The entries that would cover every part that is not covered, or why there are none. */
export function coveringSteps({ segments }: CommandView, state: RemedyState): Fix {
  const agent = listedAgent(state.request.agentId ?? "main");
  const missed = segments.filter((segment) => !segment.covered);
  const hopeless = missed.filter((segment) => entryOf(segment) === undefined);
  if (hopeless.length > 0) {
    const texts = new Set(hopeless.map(wayAround));
    return { steps: [...texts].map((text) => ({ kind: "advice", text })) };
  }
  const entries = new Map<string, EntryToAdd>();
  for (const entry of missed.flatMap((segment) => entryOf(segment) ?? [])) {
    entries.set(JSON.stringify([entry.pattern, entry.argPattern]), entry);
  }
  const wanted = [...entries.values()];
  const edit = addAllowlistEntries(
    state.policy,
    wanted.map((entry) => ({ agent, ...entry })),
    0,
    () => "tried",
  );
  if (!edit.ok || !edit.changed) return { steps: [] };
  return { steps: wanted.map((entry) => stepOf(entry, agent)), next: { ...state, policy: edit.policy } };
}

interface EntryToAdd {
  readonly pattern: string;
  readonly argPattern?: string;
}

function entryOf(segment: SegmentView): EntryToAdd | undefined {
  const { cause, typed } = segment;
  if (cause?.kind !== "program-argument") {
    const pattern = entryPattern(segment);
    return pattern === undefined ? undefined : { pattern };
  }
  // Such a program needs an entry that names its arguments as well.
  const pattern = entryPattern({ ...segment, cause: { kind: "no-entry" } });
  return pattern === undefined ? undefined : { pattern, argPattern: exactly(typed.slice(1)) };
}

/** An argument pattern that fits these arguments and no others; only blanks in them need the longer form. */
function exactly(args: readonly string[]): string {
  const texts = args.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`));
  const plain = args.every((text) => /^\S+$/u.test(text));
  return plain ? `^${texts.join(" ")}$` : `^${texts.map((text) => `${text}\0`).join("")}$`;
}

function stepOf({ pattern, argPattern }: EntryToAdd, agent: string): RemedyStep {
  const list = `the allowlist of agent \`${quoteWord(agent)}\``;
  // No command line carries a NUL byte.
  if (argPattern?.includes("\0") === true) {
    const json = JSON.stringify({ pattern, argPattern });
    return { kind: "edit-policy", text: `add this entry to ${list} in the policy: ${json}` };
  }
  const condition = argPattern === undefined ? [] : ["--arg-pattern", argPattern];
  const only = argPattern === undefined ? "" : ", with exactly these arguments";
  return {
    kind: "add-entry",
    text: `add \`${quoteWord(pattern)}\` to ${list}${only}`,
    command: ["openclaw", "approvals", "allowlist", "add", pattern, "--agent", agent, ...condition],
  };
}
