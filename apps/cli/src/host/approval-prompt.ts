import { hash } from "node:crypto";
import {
  decide,
  explain,
  PreparedPlans,
  prepareRun,
  quoteArgv,
  type DecideOptions,
  type Decision,
  type Facts,
  type LoadedPolicy,
  type RunRequest,
} from "@openclaw/approvals";
import { utf8Length, type RunPlan } from "@openclaw/protocol";
import { PROMPT_LIMITS } from "./prompt-broker.ts";
import type { PromptText, WatchEvent } from "./watch-protocol.ts";

type Asking = Extract<Decision, { outcome: "ask" }>;
type Allowing = Extract<Decision, { outcome: "allow" }>;

export interface PromptQuestion {
  /** As it came, with the environment that the run would get. */
  readonly request: RunRequest;
  readonly decision: Asking;
  readonly policy: LoadedPolicy;
  readonly facts: Facts;
  readonly options: DecideOptions;
  readonly runId: string;
  readonly gateway: string;
  /** What the request wants to set in the environment. */
  readonly overrides: Readonly<Record<string, string>>;
}

export type ApprovalPrompt =
  | {
      readonly ok: true;
      readonly text: PromptText;
      /** Decides again, under the policy and the files of that moment, bound to what was shown. */
      readonly decideAgain: (answer: "allow-once" | "allow-always", policy: LoadedPolicy) => Decision;
      /** Is it still what the owner saw? */
      readonly isShown: (plan: RunPlan) => boolean;
    }
  /** Nothing can be bound to this command, so there is nothing to approve. */
  | { readonly ok: false; readonly why: string };

/**
 * Binds a run in the way in which a Gateway's approval binds it, and judges it once as approved: what
 * could not run after a "yes" is not asked about, and what is shown is what would run.
 */
export function approvalPrompt(question: PromptQuestion): ApprovalPrompt {
  const { facts, policy } = question;
  // An approval that came along, and did not count, plays no part in this one.
  const request: RunRequest = {
    ...question.request,
    approved: false,
    approvalDecision: undefined,
    approvalSource: undefined,
    plan: undefined,
  };
  // Naming both values binds the environment as well.
  const caller = { security: "full", ask: "off" } as const;
  const bound = prepareRun(request, policy, facts, caller, question.options);
  if (!bound.ok) return { ok: false, why: withoutCode(bound.message) };
  const { plan } = bound.result;
  const decideAs = (approvalDecision: "allow-once" | "allow-always", current: LoadedPolicy): Decision => {
    // A table of its own: no Gateway can claim an approval for what was prepared here.
    const prepared = new PreparedPlans();
    prepared.add(bound.prepared);
    return decide(
      {
        ...request,
        argv: plan.argv,
        cwd: plan.cwd ?? undefined,
        rawCommand: plan.commandText,
        approved: true,
        approvalDecision,
        plan,
      },
      current,
      facts,
      { ...question.options, prepared, approver: "owner" },
    );
  };
  const trial = decideAs("allow-always", policy);
  if (trial.outcome !== "allow") return { ok: false, why: explain(trial, request.agentId).sentence };
  const text = promptText(question, trial, bound.result.plan.mutableFileOperand);
  if (utf8Length(JSON.stringify(text)) > PROMPT_LIMITS.promptBytes) {
    return {
      ok: false,
      why: `it is longer than what is shown in one prompt (${PROMPT_LIMITS.promptBytes} bytes)`,
    };
  }
  return {
    ok: true,
    text,
    decideAgain: decideAs,
    isShown: (now) =>
      now.executable === trial.plan.executable &&
      now.cwd === trial.plan.cwd &&
      now.argv.length === trial.plan.argv.length &&
      now.argv.every((argument, index) => argument === trial.plan.argv[index]),
  };
}

/** What watchers hear of a run that cannot be approved here. */
export function refusedNotice(
  question: PromptQuestion,
  why: string,
): Omit<Extract<WatchEvent, { event: "refused" }>, "event"> {
  const { request, gateway, decision } = question;
  const command = quoteArgv(request.argv);
  return {
    agentId: request.agentId ?? null,
    sessionKey: request.sessionKey ?? null,
    gateway,
    command: command.slice(0, NOTICE_CHARS),
    commandChars: command.length,
    commandSha256: hash("sha256", command),
    why: `${explain(decision, request.agentId).sentence}; it cannot be approved at the node: ${why}`,
  };
}

/** UTF-16 units of the command in a notice. */
const NOTICE_CHARS = 2000;

function promptText(
  { request, decision, runId, gateway, overrides }: PromptQuestion,
  trial: Allowing,
  script: { readonly path: string; readonly sha256: string } | undefined,
): PromptText {
  const { plan, grant } = trial;
  const inEffect = Object.entries(overrides).filter(([name, value]) => plan.env[name] === value);
  return {
    runId,
    agentId: request.agentId ?? null,
    sessionKey: request.sessionKey ?? null,
    gateway,
    argv: request.argv,
    cwd: plan.cwd,
    starts: { executable: plan.executable, argv: plan.argv },
    programs: trial.view.segments.map(({ typed, resolved }) => ({
      name: typed[0] ?? "",
      path: resolved ?? null,
    })),
    script: script === undefined ? null : { path: script.path, sha256: script.sha256 },
    env: Object.fromEntries(inEffect),
    why: explain(decision, request.agentId).sentence,
    always:
      grant === undefined
        ? null
        : {
            agent: grant.agent,
            entries: grant.entries.map(({ pattern, argPattern, contentSha256, launchSha256 }) => ({
              pattern,
              ...(argPattern === undefined ? {} : { argPattern }),
              ...(contentSha256 === undefined ? {} : { contentSha256 }),
              ...(launchSha256 === undefined ? {} : { launchSha256 }),
            })),
          },
    whyNotAlways: grant === undefined ? whyNotAlways(request.agentId) : null,
  };
}

function whyNotAlways(agentId: string | undefined): string {
  if (agentId === undefined) return "the request names no agent";
  if (agentId === "*" || agentId === "default") return `other agents share the entries of \`${agentId}\``;
  return "it holds an interpreter, a program that starts others, or code in its arguments";
}

/** The codes are for the Gateway. */
function withoutCode(message: string): string {
  const [first = ""] = message.split("\n");
  return first.replace(/^(?:SYSTEM_RUN_DENIED|INVALID_REQUEST): /u, "");
}
