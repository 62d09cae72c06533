import type { Walk } from "./decide.ts";
import type { DecideOptions } from "./decide.ts";
import type { CommandView, Decision } from "./decision.ts";
import { explain } from "./explain.ts";
import type { GateName } from "./gate.ts";
import { constructText } from "./miss-text.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { quoteWord } from "./quote.ts";
import type { RunRequest } from "./request.ts";
import { ruleText, shortened } from "./rule-text.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import type { Judgement } from "./judge.ts";

/** What was asked, for the words about it. */
export interface Asked {
  readonly request: RunRequest;
  readonly policy: LoadedPolicy;
  readonly options: DecideOptions;
}

/** One sentence about a gate that was reached. */
export function gateText(name: GateName, walk: Walk, asked: Asked): string {
  const { decision, stoppedAt, effective, judged } = walk;
  const failure = stoppedAt === name ? explain(decision, asked.request.agentId).sentence : undefined;
  if (effective === undefined || judged === undefined) return failure ?? earlyText(name, asked);
  switch (name) {
    case "request":
    case "raw-text":
      return earlyText(name, asked);
    case "approval-claim":
      return claimText(walk);
    case "policy-file":
      return failure ?? (asked.policy.exists ? "it can be read" : "there is none; the built-in policy holds");
    case "security":
      return ruleText(effective.security.rule);
    case "deny-entries":
      return failure ?? denyText(effective);
    case "understood":
      return understoodText(judged, effective);
    case "allowlist":
      return listText(judged.view, effective);
    case "unseen-programs":
      return unseenText(judged, effective);
    case "ask":
      return askText(walk, effective);
    case "inline-code":
      if (failure !== undefined) return failure;
      return asked.options.strictInlineEval === true
        ? "no code in the arguments"
        : "not looked for: `strictInlineEval` is off";
    case "audit-suppressions":
      return failure ?? "it does not touch `security.audit.suppressions`";
    case "approval":
      return failure ?? approvalText(walk);
    case "working-directory":
      return failure ?? `\`${shown(planOf(decision)?.cwd ?? judged.cwd)}\``;
    case "executable":
      return failure ?? executableText(decision);
    case "screen-recording":
      return failure ?? "the run does not need it";
  }
}

function earlyText(name: GateName, { request }: Asked): string {
  if (name === "request") return "it can be read";
  return (request.rawCommand?.trim() ?? "") === ""
    ? "no text beside the arguments"
    : "the text and the arguments say the same";
}

function claimText({ claim }: Walk): string {
  if (claim?.kind === "approved") return `the request says that it was approved: ${claim.decision}`;
  if (claim?.kind === "legacy") return "the request says that it was approved, without a plan";
  if (claim?.kind === "ask-fallback") return "nobody could be asked, so `askFallback` counts";
  return "the request carries no approval";
}

function denyText({ deny }: EffectivePolicy): string {
  if (deny.length === 0) return "there are none";
  return deny.length === 1 ? "the one there is does not fit" : `none of ${deny.length} fits`;
}

function understoodText({ view, coverage }: Judgement, { security }: EffectivePolicy): string {
  const { notAnalyzable, shell, segments } = view;
  if (notAnalyzable !== undefined) {
    const problem = constructText(view);
    return security.value === "full" ? `${problem}, but ${ruleText(security.rule)}` : problem;
  }
  const parts = coverage.segments.length;
  if (shell === undefined) return `one command: \`${shown(segments[0]?.typed[0] ?? "")}\``;
  return `text for \`${shown(shell)}\` with ${parts === 1 ? "one part" : `${parts} parts`}`;
}

function listText({ segments }: CommandView, { security }: EffectivePolicy): string {
  if (security.value === "full") return `not needed: ${ruleText(security.rule)}`;
  const covered = segments.filter((segment) => segment.covered).length;
  if (segments.length === 1) return covered === 1 ? "the command is covered" : "the command is not covered";
  return covered === segments.length
    ? `all ${covered} parts are covered`
    : `${segments.length - covered} of ${segments.length} parts ${segments.length - covered === 1 ? "is" : "are"} not covered`;
}

function unseenText({ denyUnproven }: Judgement, { deny }: EffectivePolicy): string {
  if (denyUnproven) return "deny entries are in force, and it cannot be seen which programs are started";
  return deny.length === 0 ? "no deny entry asks for it" : "every program that is started can be seen";
}

function askText({ obstacle }: Walk, { ask, security }: EffectivePolicy): string {
  const rule = ruleText(ask.rule);
  if (obstacle?.gate !== "ask") return `${rule}, and nothing has to be asked`;
  return obstacle.verdict.outcome === "ask"
    ? `${rule}, so an operator is asked`
    : `${rule}, so nobody is asked, and ${ruleText(security.rule)}`;
}

function approvalText({ claim, decision }: Walk): string {
  if (decision.reason === "approved" && decision.outcome === "allow") return ruleText(decision.rule);
  return claim?.kind === "none" ? "none is needed" : "it is not needed";
}

function executableText(decision: Decision): string {
  const plan = planOf(decision);
  if (plan === undefined) return "it can be started";
  const { executable, bindings } = plan;
  const files =
    bindings.length === 1 ? "1 file or directory is" : `${bindings.length} files and directories are`;
  return `\`${shown(executable)}\`; ${files} looked at again before the start`;
}

function planOf(decision: Decision): Extract<Decision, { outcome: "allow" }>["plan"] | undefined {
  return decision.outcome === "allow" ? decision.plan : undefined;
}

function shown(text: string): string {
  return shortened(quoteWord(text));
}
