import { walkGates, type DecideOptions, type Walk } from "./decide.ts";
import type { Facts } from "./facts.ts";
import { removeDenyEntry } from "./policy/deny-entries.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { coveringSteps } from "./remedy-entries.ts";
import { otherWay } from "./remedy-text.ts";
import { withSetting } from "./remedy-setting.ts";
import { quoteWord } from "./quote.ts";
import type { RunRequest } from "./request.ts";
import type { Rule } from "./rule.ts";

/** One change on the way to a run that is allowed. */
export interface RemedyStep {
  readonly kind: "add-entry" | "remove-deny-entry" | "edit-policy" | "change-request" | "advice";
  /** What to do, for a person. */
  readonly text: string;
  /** The command that does it for the policy of this machine, word by word; absent where none does. */
  readonly command?: readonly string[] | undefined;
}

export interface Remedy {
  /** Whether the steps, taken in this order, lead to `allow`: found out by deciding again with each of them. */
  readonly proven: boolean;
  /** Empty for what is allowed already. Where not proven, the last ones say what no entry can change. */
  readonly steps: readonly RemedyStep[];
}

/** What is judged while changes are tried; nothing is written anywhere. */
export interface RemedyState {
  readonly request: RunRequest;
  readonly policy: LoadedPolicy;
}

/** Steps, and what would be judged after them; without `next` they lead nowhere. */
export interface Fix {
  readonly steps: readonly RemedyStep[];
  readonly next?: RemedyState | undefined;
}

/** Changes that are tried one after the other. */
const ROUNDS = 12;

/** The smallest change that would let a request run without anybody being asked. */
export function findRemedy(
  request: RunRequest,
  policy: LoadedPolicy,
  facts: Facts,
  options: DecideOptions = {},
): Remedy {
  const { approvalDecision: _decision, approvalSource: _source, plan: _plan, ...plain } = request;
  let state: RemedyState = { request: { ...plain, approved: false }, policy };
  const steps: RemedyStep[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const walk = walkGates(state.request, state.policy, facts, { ...options, prepared: undefined });
    if (walk.stoppedAt === undefined) return { proven: true, steps };
    const fix = fixOf(walk, state, facts);
    const known = new Set(steps.map(({ text }) => text));
    const fresh = fix.steps.filter(({ text }) => !known.has(text));
    steps.push(...fresh);
    if (fix.next === undefined || fresh.length === 0) break;
    state = fix.next;
  }
  return { proven: false, steps };
}

function fixOf(walk: Walk, state: RemedyState, facts: Facts): Fix {
  const { decision, judged } = walk;
  const { reason, view } = decision;
  if (reason === "security-deny") return settingFix(decision.rule, "allowlist", state);
  if (reason === "ask-always") return settingFix(decision.rule, "on-miss", state);
  if (reason === "deny-entry") return denyFix(decision.rule, state);
  if (reason === "not-listed" && view !== undefined) return coveringSteps(view, state);
  const real =
    reason === "cwd-not-canonical" && judged?.entered === false ? facts.realpath(judged.cwd) : undefined;
  if (real !== undefined) {
    const text = `name the directory by its real path: \`${quoteWord(real)}\``;
    const request = { ...state.request, cwd: real };
    return { steps: [{ kind: "change-request", text }], next: { ...state, request } };
  }
  const advice: RemedyStep = { kind: "advice", text: otherWay(decision, state.request.agentId) };
  return { steps: reason === "policy-malformed" ? [advice, REPLACE] : [advice] };
}

const REPLACE: RemedyStep = {
  kind: "advice",
  text: "or replace it by another one",
  command: ["openclaw", "approvals", "set", "--file", "new-policy.json"],
};

function settingFix(rule: Rule, value: string, state: RemedyState): Fix {
  const policy = rule.kind === "setting" ? withSetting(state.policy, rule, value) : undefined;
  if (rule.kind !== "setting" || policy === undefined) return { steps: [] };
  const place = rule.agent === undefined ? "`defaults`" : `agent \`${quoteWord(rule.agent)}\``;
  const text = `set \`${rule.field}\` of ${place} to \`${value}\` in the policy`;
  return { steps: [{ kind: "edit-policy", text }], next: { ...state, policy } };
}

function denyFix(rule: Rule, state: RemedyState): Fix {
  if (rule.kind !== "deny-entry") return { steps: [] };
  const { agent, pattern, argPattern } = rule;
  const command = ["openclaw", "approvals", "deny", "remove", pattern, "--agent", agent];
  const text = `remove the deny entry \`${quoteWord(pattern)}\` of agent \`${quoteWord(agent)}\``;
  const args = argPattern === undefined ? [] : ["--arg-pattern", argPattern];
  const edit = removeDenyEntry(state.policy, { agent, pattern, argPattern });
  return {
    steps: [{ kind: "remove-deny-entry", text, command: [...command, ...args] }],
    ...(edit.ok ? { next: { ...state, policy: edit.policy } } : {}),
  };
}
