import type { DecideOptions, Decision, Facts, LoadedPolicy, RunRequest } from "@openclaw/approvals";
import { LIMITS } from "@openclaw/protocol";
import { approvalPrompt, refusedNotice, type PromptQuestion } from "./approval-prompt.ts";
import type { HostContext, InvokeCall } from "./host-context.ts";
import type { OwnerAnswer, PromptEnd } from "./prompt-broker.ts";

type Asking = Extract<Decision, { outcome: "ask" }>;

/** What came of asking the owner. */
export interface OwnerVerdict {
  /** Made after the answer; allows only what was shown. */
  readonly decision: Decision;
  readonly owner: OwnerAnswer;
  /** Why it is still a question, as a sentence. */
  readonly why?: string;
  readonly cancelled: boolean;
  /** The same answer under another policy; still only what was shown. Undefined where nobody allowed it. */
  readonly decideAgain?: (policy: LoadedPolicy) => Decision;
  /** Tells the watchers what became of a run that they allowed. */
  readonly report: (started: boolean, why?: string) => void;
}

export interface OwnerQuestion {
  readonly request: RunRequest;
  readonly decision: Asking;
  readonly facts: Facts;
  readonly options: DecideOptions;
  readonly runId: string;
  readonly overrides: Readonly<Record<string, string>> | undefined;
}

/**
 * Asks the owner at the node about a run that needs an approval. undefined where nobody watches, and where
 * there is nothing that could be approved: the run is then refused as if nobody could be asked.
 */
export async function askOwner(
  asked: OwnerQuestion,
  call: Pick<InvokeCall, "signal" | "timeoutMs">,
  context: Pick<HostContext, "policy" | "prompts" | "log">,
): Promise<OwnerVerdict | undefined> {
  const { prompts } = context;
  if (prompts === undefined || !prompts.broker.watched) return undefined;
  const { broker, gateway } = prompts;
  const ms = broker.timeFor(call.timeoutMs ?? LIMITS.defaultInvokeTimeoutMs);
  if (ms <= 0) return undefined;
  const policy = context.policy.current();
  const question: PromptQuestion = { ...asked, policy, gateway, overrides: asked.overrides ?? {} };
  const prompt = approvalPrompt(question);
  if (!prompt.ok) {
    broker.tellRefused(refusedNotice(question, prompt.why));
    return undefined;
  }
  const end = await broker.ask(prompt.text, { ms, signal: call.signal });
  const owner = ownerAnswer(end);
  if (end.kind !== "answered" || end.decision === "deny") {
    return {
      decision: asked.decision,
      owner,
      why: whyStillAsking(end, ms),
      cancelled: end.kind === "withdrawn",
      report: () => undefined,
    };
  }
  const answer = end.decision;
  const decideAgain = (now: LoadedPolicy): Decision => {
    const again = prompt.decideAgain(answer, now);
    return again.outcome !== "allow" || prompt.isShown(again.plan) ? again : asked.decision;
  };
  const decision = prompt.decideAgain(answer, context.policy.current());
  const report: OwnerVerdict["report"] = (started, why) =>
    end.report({ started, ...(why === undefined ? {} : { why }) });
  // The policy may allow by now what it asked about; then too only what was shown runs.
  if (decision.outcome === "allow" && !prompt.isShown(decision.plan)) {
    const why = "what would run is no longer what the owner at the node was shown";
    report(false, why);
    return { decision: asked.decision, owner, why, cancelled: false, report: () => undefined };
  }
  return { decision, owner, cancelled: false, decideAgain, report };
}

function ownerAnswer(end: PromptEnd): OwnerAnswer {
  const { waitedMs } = end;
  return end.kind === "answered"
    ? { by: "local-watcher", watcher: end.by, answer: end.decision, waitedMs }
    : { by: "local-watcher", answer: end.kind, waitedMs };
}

function whyStillAsking({ kind }: PromptEnd, ms: number): string {
  switch (kind) {
    case "answered":
      return "the owner at the node denied it";
    case "expired":
      return `nobody at the node answered within ${Math.round(ms / 1000)} s`;
    case "withdrawn":
      return "the question was withdrawn";
    case "unwatched":
      return "whoever watched at the node left without an answer";
    case "crowded":
      return "too many runs wait for an answer at the node already";
  }
}
