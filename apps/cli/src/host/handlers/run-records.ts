import { explain, wireRefusal, type Decision, type Remedy } from "@openclaw/approvals";
import type { RunResult } from "@openclaw/executor";
import type { ExecDenied, ExecDeniedReason, SystemRunParams } from "@openclaw/protocol";
import type { AuditRecord } from "../audit.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { maskedCommand } from "../mask-secrets.ts";
import { auditOrigin } from "../policy-edit-audit.ts";
import type { OwnerAnswer } from "../prompt-broker.ts";
import { remedyLine } from "../remedy-line.ts";

export const CANCELLED = "UNAVAILABLE: cancelled before the start; nothing was run";
/** Characters of a command in one log line; the whole is for the audit. */
const SHOWN_CHARS = 400;

/** The command for a person, without secrets. */
export function shownCommand({ command }: SystemRunParams): string {
  const text = maskedCommand(command);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}… (${text.length} characters)`;
}

export interface RunNames {
  readonly sessionKey: string;
  readonly runId: string;
}

/** What a run that is not allowed is answered; it is told to the owner in the log and to the Gateway as an event. */
export function refusal(
  decision: Exclude<Decision, { outcome: "allow" }>,
  params: SystemRunParams,
  run: RunNames,
  call: InvokeCall,
  context: HostContext,
  ownersWhy: string | undefined,
  remedy: () => Remedy,
): InvokeAnswer {
  const wire = wireRefusal(decision);
  const sentence = ownersWhy ?? explain(decision, params.agentId).sentence;
  const ids = { invokeId: call.id, runId: run.runId };
  context.log.info(`refused ${shownCommand(params)}: ${sentence}`, ids);
  // Where the owner said no, or an approval is not a good one, no change of the policy is the answer.
  if (ownersWhy === undefined && decision.outcome !== "invalid" && decision.rule.kind !== "approval") {
    const { stateProfile } = context;
    const line = remedyLine(remedy(), { command: params.command, sentence, stateProfile });
    if (line !== undefined) context.log.info(`  ${line}`, ids);
  }
  if (wire.eventReason !== undefined && decision.outcome !== "invalid") {
    sendDenied(call, decision.view.commandText, wire.eventReason, run, params);
  }
  // The exact text comes first, for those who search for it; then the reason.
  return refuse(wire.code, wire.message.includes(sentence) ? wire.message : `${wire.message} (${sentence})`);
}

/** Tells the Gateway's session that a command was not run. */
export function sendDenied(
  call: InvokeCall,
  command: string,
  reason: ExecDeniedReason,
  run: RunNames,
  params: SystemRunParams,
): void {
  const { suppressNotifyOnExit } = params;
  const event: ExecDenied = {
    ...run,
    host: "node",
    command,
    reason,
    ...(suppressNotifyOnExit === undefined ? {} : { suppressNotifyOnExit }),
  };
  call.sendEvent("exec.denied", event);
}

/** What was decided, about what, for whom. */
export function decisionLine(
  decision: Pick<Extract<AuditRecord, { kind: "decision" }>, "outcome" | "reason"> & {
    readonly rule?: unknown;
  },
  params: SystemRunParams,
  run: RunNames,
  call: InvokeCall,
  context: HostContext,
  owner?: OwnerAnswer,
): AuditRecord {
  return {
    kind: "decision",
    ...run,
    agentId: params.agentId,
    argv: params.command,
    cwd: params.cwd,
    outcome: decision.outcome,
    reason: decision.reason,
    rule: decision.rule,
    ...(owner === undefined ? {} : { owner }),
    approvalDecision: params.approvalDecision,
    approvalSource: params.approvalSource,
    ...auditOrigin(call, context),
    policyHash: context.policy.lastHash,
  };
}

/** A run that is over is answered, whether its end could be written down or not. */
export function auditOutcome(
  result: RunResult,
  ids: { readonly invokeId: string; readonly runId: string },
  durationMs: number,
  context: HostContext,
): void {
  record(
    {
      kind: "outcome",
      ...ids,
      exitCode: result.exitCode,
      signal: result.signal,
      timedOut: result.timedOut,
      cancelled: result.cancelled,
      durationMs: Math.round(durationMs),
      outputBytes: result.outputBytes,
    },
    context,
  );
}

/** Writes an audit line; false when it could not be written. */
export function record(line: AuditRecord, context: HostContext): boolean {
  try {
    context.audit.record(line);
    return true;
  } catch (error) {
    context.log.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
