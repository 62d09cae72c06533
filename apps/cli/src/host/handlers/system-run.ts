import { randomUUID } from "node:crypto";
import {
  decide,
  explain,
  quoteArgv,
  recheckBindings,
  wireRefusal,
  type Decision,
  type RunRequest,
} from "@openclaw/approvals";
import { startRun, type RunResult } from "@openclaw/executor";
import type { ExecDenied, ExecDeniedReason, SystemRunParams } from "@openclaw/protocol";
import type { AuditRecord } from "../audit.ts";
import {
  mayGrantAlways,
  refuse,
  type HostContext,
  type InvokeAnswer,
  type InvokeCall,
} from "../host-context.ts";
import { finishedEvent, runPayload } from "../run-answer.ts";
import { runEnvironment, runFacts } from "../run-environment.ts";
import { storeGrant } from "../store-grant.ts";

/**
 * `system.run`: environment, decide, then run exactly what was decided. Every decision is
 * audited before anything starts, every outcome before the answer.
 */
export async function runSystemRun(
  params: SystemRunParams,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  const run = { sessionKey: params.sessionKey ?? "node", runId: params.runId ?? randomUUID() };
  const environment = runEnvironment(context, params);
  if (!environment.ok) {
    context.log.info(`refused ${shownCommand(params)}: ${environment.message}`);
    return refuse("INVALID_REQUEST", environment.message);
  }

  const facts = runFacts(context, environment.env);
  const request: RunRequest = {
    argv: params.command,
    rawCommand: params.rawCommand,
    cwd: params.cwd,
    env: environment.env,
    agentId: params.agentId,
    sessionKey: params.sessionKey,
    approved: params.approved,
    approvalDecision: params.approvalDecision,
    approvalSource: params.approvalSource,
    plan: params.systemRunPlan,
    needsScreenRecording: params.needsScreenRecording,
  };
  const decision = decide(request, context.policy.current(), facts, {
    prepared: context.prepared,
    legacyApprovals: context.node.legacyApprovals === true && call.protocol === 3 && !call.prepareSeen,
    gatewayApprovals: context.node.gatewayApprovals !== "off",
    alwaysGrants: mayGrantAlways(context),
  });
  const audited = audit(decision, params, run, context);
  if (decision.outcome !== "allow") return refusal(decision, params, run, call, context);
  if (!audited) {
    sendDenied(call, decision.plan.commandText, "approval-state-write-failed", run, params);
    return refuse("SYSTEM_RUN_DENIED", UNAUDITED);
  }

  const unsaved = decision.grant === undefined ? undefined : await storeGrant(context.policy, decision.grant);
  if (unsaved !== undefined) {
    context.log.warn(`refused ${shownCommand(params)}: "allow always" was not saved: ${unsaved}`);
    record({ kind: "not-started", runId: run.runId, reason: "grant-not-saved" }, context);
    sendDenied(call, decision.plan.commandText, "approval-state-write-failed", run, params);
    return refuse(
      "SYSTEM_RUN_DENIED",
      `SYSTEM_RUN_DENIED: approval state could not be persisted (${unsaved})`,
    );
  }
  const unchanged = recheckBindings(decision.plan, facts);
  if (!unchanged.ok) {
    context.log.warn(
      `refused ${shownCommand(params)}: \`${unchanged.path}\` ${unchanged.what} between decision and start`,
    );
    record({ kind: "not-started", runId: run.runId, reason: "changed-before-start" }, context);
    sendDenied(call, decision.plan.commandText, "approval-required", run, params);
    return refuse("SYSTEM_RUN_DENIED", "SYSTEM_RUN_DENIED: exec approval changed before execution");
  }
  if (call.signal.aborted) {
    record({ kind: "not-started", runId: run.runId, reason: "cancelled" }, context);
    return refuse("UNAVAILABLE", "UNAVAILABLE: cancelled before the start; nothing was run");
  }
  context.usage.note(decision.uses, decision.plan.commandText);
  const startedAt = performance.now();
  const result = await startRun(decision.plan, {
    timeoutMs: params.timeoutMs,
    signal: call.signal,
    ...(context.killGraceMs === undefined ? {} : { killGraceMs: context.killGraceMs }),
  }).result;
  auditOutcome(result, run.runId, performance.now() - startedAt, context);
  call.sendEvent(
    "exec.finished",
    finishedEvent(decision.plan.commandText, result, run, params.suppressNotifyOnExit),
  );
  return { ok: true, payload: runPayload(result, call.maxPayloadBytes) };
}

/** The official text for what could not be kept, and what it means here. */
const UNAUDITED =
  "SYSTEM_RUN_DENIED: approval state could not be persisted (the node could not write its audit file, so nothing was run)";
/** Characters of a command in one log line; the whole is for the audit. */
const SHOWN_CHARS = 400;

function shownCommand({ command }: SystemRunParams): string {
  const text = quoteArgv(command);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}… (${text.length} characters)`;
}

interface RunNames {
  readonly sessionKey: string;
  readonly runId: string;
}

function refusal(
  decision: Exclude<Decision, { outcome: "allow" }>,
  params: SystemRunParams,
  run: RunNames,
  call: InvokeCall,
  context: HostContext,
): InvokeAnswer {
  const wire = wireRefusal(decision);
  const why = explain(decision, params.agentId);
  context.log.info(`refused ${shownCommand(params)}: ${why.sentence}`);
  if (why.remedy !== undefined) context.log.info(`  to allow it: ${why.remedy}`);
  if (wire.eventReason !== undefined && decision.outcome !== "invalid") {
    sendDenied(call, decision.view.commandText, wire.eventReason, run, params);
  }
  // The exact text comes first, for those who search for it; then the reason.
  return refuse(
    wire.code,
    wire.message.includes(why.sentence) ? wire.message : `${wire.message} (${why.sentence})`,
  );
}

function sendDenied(
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

/** Writes the decision down; false when that failed. */
function audit(decision: Decision, params: SystemRunParams, run: RunNames, context: HostContext): boolean {
  return record(
    {
      kind: "decision",
      ...run,
      agentId: params.agentId,
      command: quoteArgv(params.command),
      cwd: params.cwd,
      outcome: decision.outcome,
      reason: decision.reason,
      rule: decision.outcome === "invalid" ? undefined : decision.rule,
    },
    context,
  );
}

/** A run that is over is answered, whether its end could be written down or not. */
function auditOutcome(result: RunResult, runId: string, durationMs: number, context: HostContext): void {
  record(
    {
      kind: "outcome",
      runId,
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

function record(line: AuditRecord, context: HostContext): boolean {
  try {
    context.audit.record(line);
    return true;
  } catch (error) {
    context.log.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
