import {
  recheckBindings,
  type Decision,
  type Facts,
  type LoadedPolicy,
  type Remedy,
} from "@openclaw/approvals";
import { startRun } from "@openclaw/executor";
import { LIMITS, type SystemRunParams } from "@openclaw/protocol";
import type { OwnerVerdict } from "../ask-owner.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { maskedCommand } from "../mask-secrets.ts";
import { agentValue, type PerAgent } from "../per-agent.ts";
import { pausedRefusal } from "../pause-text.ts";
import { finishedEvent, runPayload } from "../run-answer.ts";
import { limitsFor } from "../run-limits.ts";
import type { FreeSlot, RunSlots, SlotRefusal, SlotTurn } from "../run-slots.ts";
import { tuneForRuns } from "../runtime-tuning.ts";
import { StartPace } from "../start-pace.ts";
import { KEPT_LIMITS } from "../../runs/limits.ts";
import { ownerWishes } from "./owner-wishes.ts";
import {
  auditOutcome,
  CANCELLED,
  record,
  refusal,
  sendDenied,
  shownCommand,
  type RunNames,
} from "./run-records.ts";

type Allowed = Extract<Decision, { outcome: "allow" }>;

/** A run that is allowed and audited, and not started yet. */
export interface DecidedRun {
  readonly params: SystemRunParams;
  readonly run: RunNames;
  readonly ids: { readonly invokeId: string; readonly runId: string };
  readonly decision: Allowed;
  readonly facts: Facts;
  readonly asked: OwnerVerdict | undefined;
  /** Of the invoke; `performance.now()`. */
  readonly arrivedAt: number;
  /** The decision under another policy; allows only what was approved. */
  readonly decideAgain: (policy: LoadedPolicy) => Decision;
  readonly remedy: () => Remedy;
}

type Turn =
  | { readonly ok: true; readonly free: FreeSlot; readonly decision: Allowed }
  | { readonly ok: false; readonly answer: InvokeAnswer };

/** Starts what was decided as soon as there is a place, checks right before that it is still the same, and answers. */
export async function startDecided(
  decided: DecidedRun,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  tuneForRuns();
  const { params, run, ids, asked } = decided;
  let { decision } = decided;
  const slot = context.slots.take();
  const pace = slot === undefined ? undefined : PACE.turn();
  let free = slot;
  if (free === undefined || pace !== undefined) {
    const turn = await waitForTurn(decided, call, context, slot, pace);
    if (!turn.ok) return turn.answer;
    ({ free, decision } = turn);
  }
  let over: (() => void) | undefined;
  try {
    const loading = ownerWishes(decision, params.agentId, context);
    const wishes = loading === undefined ? undefined : await loading;
    const stopped = notNow(decision, decided, call, context);
    if (stopped !== undefined) return stopped;
    asked?.report(true);
    const startedAt = performance.now();
    const { cwd } = decision.plan;
    const kept = context.kept?.begin(() => ({
      ...ids,
      ...(params.agentId === undefined || params.agentId === null ? {} : { agentId: params.agentId }),
      command: maskedCommand(params.command).slice(0, KEPT_LIMITS.commandChars),
      cwd,
      startedAt: Math.round(performance.timeOrigin + startedAt),
    }));
    const started = startRun(decision.plan, {
      timeoutMs: params.timeoutMs,
      idleTimeoutMs: idleMs(context.node.idleSeconds, params.agentId),
      signal: call.signal,
      marker: context.markOf?.(call.id),
      containment: context.containment,
      spool: kept,
      filter: wishes?.filter,
      sandbox: wishes?.sandbox,
      decode: wishes?.decode,
      limits: limitsFor(context.node.limits, params.agentId),
      ...(context.killGraceMs === undefined ? {} : { killGraceMs: context.killGraceMs }),
    });
    // From here on the program works, and nobody waits for us.
    if (context.node.onDisconnect === "continue") call.goOn?.();
    over = context.active.begin({
      ...ids,
      agentId: params.agentId,
      command: () => shownCommand(params),
      startedAt: Date.now(),
    });
    context.usage.note(decision.uses, decision.plan.commandText);
    context.log.debug("started", { ...ids, reason: decision.reason });
    const result = await started.result;
    const durationMs = performance.now() - startedAt;
    auditOutcome(result, ids, durationMs, context);
    context.meter?.ran(durationMs / 1000, result.outputBytes);
    context.log.debug("a run is over", { ...ids, exitCode: result.exitCode, durationMs });
    call.sendEvent(
      "exec.finished",
      finishedEvent(decision.plan.commandText, result, run, params.suppressNotifyOnExit),
    );
    const payload = runPayload(result, call.maxPayloadBytes);
    if (kept === undefined) return { ok: true, payload };
    kept.over(result, Date.now());
    return { ok: true, payload, onSent: (taken) => kept.answered(taken) };
  } finally {
    over?.();
    free();
  }
}

function idleMs(settings: PerAgent<number> | undefined, agentId: string | undefined): number | undefined {
  const seconds = agentValue(settings, agentId);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** There is one event loop in a process. */
const PACE = new StartPace();

/** A place in turn; what was decided before is decided again when the policy is another one by then. */
async function waitForTurn(
  decided: DecidedRun,
  call: InvokeCall,
  context: HostContext,
  slot: FreeSlot | undefined,
  pace: Promise<void> | undefined,
): Promise<Turn> {
  const { params, run, ids, asked } = decided;
  const { slots } = context;
  const policy = context.policy.current();
  const ms = (call.timeoutMs ?? LIMITS.defaultInvokeTimeoutMs) - (performance.now() - decided.arrivedAt);
  const turn: SlotTurn =
    slot === undefined
      ? await slots.wait(params.agentId, { signal: call.signal, ms })
      : { ok: true, free: slot };
  // Many places may become free in the same moment.
  if (turn.ok) await (pace ?? PACE.turn());
  if (!turn.ok) {
    const cancelled = turn.why === "cancelled";
    const why = whyNot(turn.why, slots);
    context.log.info(`refused ${shownCommand(params)}: ${why}`, ids);
    asked?.report(false, why);
    record({ kind: "not-started", ...ids, reason: cancelled ? "cancelled" : "busy" }, context);
    return { ok: false, answer: refuse("UNAVAILABLE", cancelled ? CANCELLED : `UNAVAILABLE: ${why}`) };
  }
  const now = context.policy.current();
  if (now === policy) return { ...turn, decision: decided.decision };
  const decision = decided.decideAgain(now);
  if (decision.outcome === "allow") return { ...turn, decision };
  turn.free();
  asked?.report(false, "the policy was changed while it waited for a place");
  record({ kind: "not-started", ...ids, reason: "policy-changed" }, context);
  const answer = refusal(decision, params, run, call, context, undefined, decided.remedy);
  return { ok: false, answer };
}

function whyNot(why: SlotRefusal, { limit, queued }: RunSlots): string {
  if (why === "cancelled") return "it was cancelled while it waited for a place";
  return why === "full"
    ? `busy, no place for one more run (at most ${limit} at once, ${queued} waiting); nothing was run, try again later`
    : `busy, no place became free in time (at most ${limit} runs at once); nothing was run, try again later`;
}

/** Why the run is not started after all: the last look, in the same turn as the start. */
function notNow(
  { plan }: Allowed,
  { params, run, ids, facts, asked }: DecidedRun,
  call: InvokeCall,
  context: HostContext,
): InvokeAnswer | undefined {
  const unchanged = recheckBindings(plan, facts);
  if (!unchanged.ok) {
    context.log.warn(
      `refused ${shownCommand(params)}: \`${unchanged.path}\` ${unchanged.what} between decision and start`,
      ids,
    );
    asked?.report(false, `\`${unchanged.path}\` ${unchanged.what} between decision and start`);
    record({ kind: "not-started", ...ids, reason: "changed-before-start" }, context);
    sendDenied(call, plan.commandText, "approval-required", run, params);
    return refuse("SYSTEM_RUN_DENIED", "SYSTEM_RUN_DENIED: exec approval changed before execution");
  }
  if (call.signal.aborted) {
    asked?.report(false, "it was cancelled");
    record({ kind: "not-started", ...ids, reason: "cancelled" }, context);
    return refuse("UNAVAILABLE", CANCELLED);
  }
  // Somebody may have been asked for minutes.
  const pausedNow = context.pause.current();
  if (pausedNow !== undefined) {
    context.log.info(`refused ${shownCommand(params)}: this node was paused meanwhile`, ids);
    asked?.report(false, "this node was paused meanwhile");
    record({ kind: "not-started", ...ids, reason: "paused" }, context);
    return refuse("SYSTEM_RUN_DENIED", pausedRefusal(pausedNow));
  }
  return undefined;
}
