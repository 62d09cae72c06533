import type { Decision, SegmentView } from "./decision.ts";
import { explain } from "./explain.ts";
import { quoteWord } from "./quote.ts";
import type { Rule } from "./rule.ts";
import { shortened } from "./rule-text.ts";

const PLAIN_WORDS =
  "write it as plain commands joined by `&&`, `||`, `;` or `|`, or put it into a script and list the script";

/** What to do where no entry for a program could cover a part of a command. */
export function wayAround({ typed, cause }: SegmentView): string {
  const name = `\`${shortened(quoteWord(typed[0] ?? ""))}\``;
  switch (cause?.kind) {
    case "carrier":
      return `run the program behind ${name} by itself, or approve each run`;
    case "unresolved":
      return `name a program that is there: ${name} is not in PATH, or cannot be started`;
    case "renamed-link":
      return `run ${name} as one plain command, not as a part of a longer one`;
    case "argument-pattern":
      return `write the argument pattern of the entry \`${quoteWord(cause.pattern)}\` in a form that is evaluated`;
    case "not-analyzable":
      return PLAIN_WORDS;
    case "no-entry":
    case "program-argument":
    case "untrusted-runner":
    case undefined:
      return `no pattern can name ${name} alone; approve each run`;
  }
}

/** What to do where the policy has no word for it. */
export function otherWay(decision: Decision, agentId: string | undefined): string {
  const { reason, view } = decision;
  if (reason === "policy-malformed") return `mend the policy file${placeOf(decision.rule)}`;
  if (reason === "deny-list-unproven" && view?.notAnalyzable !== undefined) {
    return `${PLAIN_WORDS}; or remove the deny entries that are in force`;
  }
  return WAYS[reason] ?? explain(decision, agentId).sentence;
}

const WAYS: Readonly<Partial<Record<Decision["reason"], string>>> = {
  "not-analyzable": PLAIN_WORDS,
  "deny-list-unproven": "run the program behind it by itself, or remove the deny entries that are in force",
  "inline-eval":
    "put the code into a script and list that, set `tools.exec.strictInlineEval` to false in openclaw.json, or approve each run",
  "audit-suppressions": "approve each run: for this setting nothing else counts",
  "executable-unresolved": "run it as one plain command with a program that is there",
  "cwd-missing": "make the directory, or name another one",
  "cwd-not-directory": "name a directory",
  "cwd-not-canonical": "name the directory by its real path",
  "screen-recording": "run it on a node with a screen",
};

function placeOf(rule: Rule): string {
  if (rule.kind !== "policy-file" || rule.problem.line === undefined) return "";
  return ` at line ${rule.problem.line}, column ${rule.problem.column ?? 1}`;
}
