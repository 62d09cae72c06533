import type { AskReason, CommandView, Decision, DenyReason, InvalidReason } from "./decision.ts";
import { missText } from "./miss-text.ts";
import { quoteWord } from "./quote.ts";
import type { Rule } from "./rule.ts";
import { commandText, ruleText } from "./rule-text.ts";

/** For a tired person: what happened, and by which rule. The way out is found by `findRemedy`. */
export interface Explanation {
  readonly sentence: string;
}

/** Renders a decision. The texts are made for people and may change; the codes do not. */
export function explain(decision: Decision, agentId: string | undefined): Explanation {
  return { sentence: sentenceOf(decision, agentId ?? "main") };
}

function sentenceOf(decision: Decision, agent: string): string {
  if (decision.outcome === "invalid") return invalidSentence(decision.reason, decision.message);
  const { rule, view } = decision;
  switch (decision.outcome) {
    case "allow":
      return allowSentence(decision.reason, rule, view);
    case "ask":
      return askSentence(decision.reason, rule, view, agent);
    case "deny": {
      const missed = decision.reason === "not-listed" || decision.reason === "not-analyzable";
      return missed
        ? `${missText(view, agent)}; nobody is asked, because ${ruleText(rule)} and asking is off`
        : denySentence(decision.reason, rule, view);
    }
  }
}

function askSentence(reason: AskReason, rule: Rule, view: CommandView, agent: string): string {
  switch (reason) {
    case "ask-always":
      return `every run needs an approval: ${ruleText(rule)}`;
    case "audit-suppressions":
      return "it speaks of `security.audit.suppressions`, which always needs an approval";
    case "inline-eval":
      return inlineSentence(view);
    case "not-listed":
    case "not-analyzable":
    case "deny-list-unproven":
      return `${missText(view, agent)}; an operator has to approve it, because ${ruleText(rule)}`;
  }
}

function inlineSentence({ inlineEval }: CommandView): string {
  const { name, flag } = inlineEval ?? { name: "it", flag: "code" };
  return `\`${quoteWord(name)}\` gets code in its arguments (\`${flag}\`), which needs an approval while \`strictInlineEval\` is on`;
}

function allowSentence(reason: "listed" | "full" | "approved", rule: Rule, view: CommandView): string {
  if (reason === "full") return `everything is allowed: ${ruleText(rule)}`;
  if (reason === "approved") return `${commandText(view)} was approved: ${ruleText(rule)}`;
  const others = view.segments.length > 1 ? "every part is listed, the first by " : "allowed by ";
  return `${others}${ruleText(rule)}`;
}

function denySentence(reason: DenyReason, rule: Rule, view: CommandView): string {
  switch (reason) {
    case "security-deny":
      return `nothing may run: ${ruleText(rule)}`;
    case "policy-malformed":
      return `nothing may run while ${ruleText(rule)}`;
    case "deny-entry":
      return `${commandText(view)} is denied by ${ruleText(rule)}`;
    case "deny-list-unproven":
      return `deny entries are in force and it cannot be seen which programs ${commandText(view)} starts`;
    case "approval-unknown-plan":
      return "the approval does not belong to a run that this host prepared; ask again";
    case "policy-changed":
      return "the policy has changed since the approval was asked for; ask again";
    case "executable-unresolved":
      return `${commandText(view)} names no program that can be started`;
    case "cwd-missing":
      return "the working directory does not exist";
    case "cwd-not-directory":
      return "the working directory is not a directory";
    case "cwd-not-canonical":
      return "the working directory is reached through a link; name the real directory";
    case "cwd-changed":
      return "the working directory has changed since the approval was asked for; ask again";
    case "file-changed":
      return "a program or script has changed since the approval was asked for; ask again";
    case "environment-changed":
      return "the environment has changed since the approval was asked for; ask again";
    case "operand-missing":
      return "the approval does not name the script that it was asked for; ask again";
    case "screen-recording":
      return "the run needs screen recording, which a host without a screen does not have";
    case "not-listed":
    case "not-analyzable":
      return missText(view, "main");
  }
}

function invalidSentence(reason: InvalidReason, message: string): string {
  switch (reason) {
    case "malformed-request":
      return `the request cannot be read: ${message}`;
    case "command-required":
      return "the request names no command";
    case "raw-command-mismatch":
      return "the text of the command and its arguments say different things";
    case "plan-invalid":
      return "the plan in the request cannot be read";
    case "approval-source-invalid":
      return "the request names an unknown source of approval";
    case "approval-source-combined":
      return "the request says in two different ways that it was approved";
    case "approval-needs-plan":
    case "approval-source-needs-plan":
      return "the approval does not carry the plan of exactly this run; approvals without a plan count only where the owner set `legacyApprovals`";
    case "snapshot-missing":
      return "the approval does not belong to a run that this host prepared; ask again";
  }
}
