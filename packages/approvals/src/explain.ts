import type { CommandView, Decision, DenyReason, InvalidReason, MissCause, SegmentView } from "./decision.ts";
import { quoteArgv, quoteWord } from "./quote.ts";
import type { Rule } from "./rule.ts";

/** For a tired person: what happened, which rule, and the way out where one exists. */
export interface Explanation {
  readonly sentence: string;
  /** Command lines that would allow it; absent where no allowlist entry could. */
  readonly remedy?: string | undefined;
}

/** Longest command shown in a sentence, in characters; the head says what runs. */
const SHOWN_CHARS = 200;

/** Renders a decision. The texts are made for people and may change; the codes do not. */
export function explain(decision: Decision, agentId: string | undefined): Explanation {
  const agent = agentId ?? "main";
  if (decision.outcome === "invalid") return { sentence: invalidSentence(decision.reason, decision.message) };
  const { rule, view } = decision;
  switch (decision.outcome) {
    case "allow":
      return { sentence: allowSentence(decision.reason, rule, view) };
    case "ask": {
      const sentence =
        decision.reason === "ask-always"
          ? `every run needs an approval: ${ruleText(rule)}`
          : decision.reason === "audit-suppressions"
            ? "it speaks of `security.audit.suppressions`, which always needs an approval"
            : decision.reason === "inline-eval"
              ? inlineSentence(view)
              : `${missText(view, agent)}; an operator has to approve it, because ${ruleText(rule)}`;
      return withRemedy(sentence, view, agent, decision.reason === "not-listed");
    }
    case "deny": {
      const missed = decision.reason === "not-listed" || decision.reason === "not-analyzable";
      const sentence = missed
        ? `${missText(view, agent)}; nobody is asked, because ${ruleText(rule)} and asking is off`
        : denySentence(decision.reason, rule, view);
      return withRemedy(sentence, view, agent, decision.reason === "not-listed");
    }
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

/** The first part that no entry covers, and why. */
function missText(view: CommandView, agent: string): string {
  const missed = view.segments.find((segment) => !segment.covered);
  if (missed?.cause === undefined) return `${commandText(view)} is not in the allowlist`;
  return causeText(missed, missed.cause, view, agent);
}

function causeText(segment: SegmentView, cause: MissCause, view: CommandView, agent: string): string {
  const name = `\`${shortened(quoteWord(segment.typed[0] ?? ""))}\``;
  switch (cause.kind) {
    case "no-entry": {
      const path = segment.resolved === undefined ? "" : ` (\`${quoteWord(segment.resolved)}\`)`;
      return `${name}${path} is not in the allowlist of agent \`${quoteWord(agent)}\``;
    }
    case "argument-pattern":
      return `the entry \`${quoteWord(cause.pattern)}\` has an argument pattern of a form that this host does not evaluate, so it matches nothing`;
    case "unresolved":
      return `${name} was not found, or cannot be started`;
    case "carrier":
      return `\`${quoteWord(cause.name)}\` starts other programs, so an entry for it covers none of them`;
    case "program-argument":
      return `${name} may start other programs because of its argument \`${shortened(quoteWord(cause.argument))}\`, which only an entry with an argument pattern covers`;
    case "not-analyzable": {
      const { construct, offset } = view.notAnalyzable ?? { construct: "the command", offset: 0 };
      const place = view.shell === undefined ? "" : ` at character ${offset + 1} of the text`;
      return `${shortened(visible(construct))}${place} is not something this host can check`;
    }
    case "untrusted-runner":
      return `${name} leads to \`${quoteWord(cause.path)}\`, which is neither a system program nor in the allowlist`;
    case "renamed-link":
      return `${name} is a link to \`${quoteWord(cause.path)}\`, and its own name would be lost inside a chain`;
  }
}

/** A rule as the owner would find it in the policy file. */
function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case "entry":
      return `the entry \`${quoteWord(rule.pattern)}\` of agent \`${quoteWord(rule.agent)}\``;
    case "deny-entry": {
      const why = rule.reason === undefined ? "" : ` (${shortened(visible(rule.reason))})`;
      return `the deny entry \`${quoteWord(rule.pattern)}\` of agent \`${quoteWord(rule.agent)}\`${why}`;
    }
    case "setting": {
      const place =
        rule.from === "built-in"
          ? "by default"
          : rule.from === "defaults"
            ? "in `defaults`"
            : `for agent \`${quoteWord(rule.agent ?? "*")}\``;
      return `\`${rule.field}\` is \`${String(rule.value)}\` ${place}`;
    }
    case "approval":
      return rule.decision === "legacy"
        ? "the Gateway says that its operator approved it"
        : `the operator's answer was \`${rule.decision}\``;
    case "builtin":
      return `what \`${quoteWord(rule.name)}\` is in a shell`;
    case "safe-bin":
      return `the built-in profile of \`${quoteWord(rule.name)}\`, which only reads its input here`;
    case "skill-bin":
      return `\`autoAllowSkills\`: a skill uses \`${quoteWord(rule.path)}\``;
    case "policy-file": {
      const { message, line, column } = rule.problem;
      const place = line === undefined ? "" : ` (line ${line}, column ${column ?? 1})`;
      return `the policy file cannot be read: ${visible(message)}${place}`;
    }
    case "request":
      return "the request itself";
  }
}

/** Adds the entries that are missing, where nothing else stands in the way. */
function withRemedy(sentence: string, view: CommandView, agent: string, listable: boolean): Explanation {
  const missed = view.segments.filter((segment) => !segment.covered);
  const paths = missed.map(({ cause, resolved }) =>
    cause?.kind === "no-entry" || cause?.kind === "untrusted-runner" ? resolved : undefined,
  );
  const addable = paths.every((path) => path !== undefined && !/[*?]|^[~=]/u.test(path));
  if (!listable || paths.length === 0 || !addable) return { sentence };
  const commands = [...new Set(paths)].map((path) =>
    quoteArgv(["openclaw", "approvals", "allowlist", "add", path ?? "", "--agent", agent]),
  );
  return { sentence, remedy: commands.join(" && ") };
}

function commandText(view: CommandView): string {
  return `\`${shortened(visible(view.commandText))}\``;
}

/** Escapes what cannot be seen, without quoting the whole. */
function visible(text: string): string {
  const quoted = quoteWord(text);
  return quoted.startsWith("$'") ? quoted.slice(2, -1) : text;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= SHOWN_CHARS) return text;
  return `${characters.slice(0, SHOWN_CHARS).join("")}… (${characters.length} characters)`;
}
