import { randomUUID } from "node:crypto";
import {
  decide,
  explain,
  findRemedy,
  type DecideOptions,
  type Decision,
  type Remedy,
} from "@openclaw/approvals";
import type { SystemRunParams } from "@openclaw/protocol";
import { askOwner } from "../ask-owner.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { decideOptions } from "../judge-options.ts";
import { pausedRefusal } from "../pause-text.ts";
import { auditStored } from "../policy-edit-audit.ts";
import { runEnvironment, runFacts } from "../run-environment.ts";
import { runRequest } from "../run-request.ts";
import { withChosenShell } from "../run-shell.ts";
import { storeGrant } from "../store-grant.ts";
import { decisionAgain, heldPlan } from "./decision-again.ts";
import { CANCELLED, decisionLine, record, refusal, sendDenied, shownCommand } from "./run-records.ts";
import { startDecided } from "./start-decided.ts";

/**
 * `system.run`: environment, decide, then run exactly what was decided. Every decision is
 * audited before anything starts, every outcome before the answer.
 */
export async function runSystemRun(
  sent: SystemRunParams,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  const params = withChosenShell(sent, context.node.shell, context.platform);
  const arrivedAt = performance.now();
  const run = { sessionKey: params.sessionKey ?? "node", runId: params.runId ?? randomUUID() };
  const ids = { invokeId: call.id, runId: run.runId };
  const paused = context.pause.current();
  if (paused !== undefined) {
    record(decisionLine({ outcome: "deny", reason: "paused" }, params, run, call, context), context);
    context.log.info(`refused ${shownCommand(params)}: this node is paused`, ids);
    return refuse("SYSTEM_RUN_DENIED", pausedRefusal(paused));
  }
  const environment = runEnvironment(context, params);
  if (!environment.ok) {
    record(
      decisionLine({ outcome: "invalid", reason: "environment-refused" }, params, run, call, context),
      context,
    );
    context.log.info(`refused ${shownCommand(params)}: ${environment.message}`, ids);
    return refuse("INVALID_REQUEST", environment.message);
  }

  const facts = runFacts(context, environment.env);
  const request = runRequest(params, environment.env);
  const options = (): DecideOptions => {
    const { skills, prepared } = context;
    return decideOptions(context, { skillBins: skills.paths, prepared, connection: call });
  };
  const held = heldPlan(params, context);
  const judge = (): Decision => {
    const begunAt = context.meter === undefined ? 0 : performance.now();
    const judged = decide(request, context.policy.current(), facts, options());
    context.meter?.decided((performance.now() - begunAt) / 1000);
    return judged;
  };
  const remedy = (): Remedy => findRemedy(request, context.policy.current(), facts, options());
  let decision = judge();
  if (context.skills.mayAllow(decision, params.agentId)) {
    await context.skills.renew(call.signal);
    decision = judge();
  }
  const asked =
    decision.outcome === "ask"
      ? await askOwner(
          { request, decision, facts, options: options(), runId: run.runId, overrides: params.env },
          call,
          context,
        )
      : undefined;
  decision = asked?.decision ?? decision;
  const audited = record(decisionLine(decision, params, run, call, context, asked?.owner), context);
  if (decision.outcome !== "allow") {
    asked?.report(false, explain(decision, params.agentId).sentence);
    if (asked?.cancelled === true) return refuse("UNAVAILABLE", CANCELLED);
    return refusal(decision, params, run, call, context, asked?.why, remedy);
  }
  if (!audited) {
    asked?.report(false, "the audit file could not be written");
    sendDenied(call, decision.plan.commandText, "approval-state-write-failed", run, params);
    return refuse("SYSTEM_RUN_DENIED", UNAUDITED);
  }

  const unsaved =
    decision.grant === undefined
      ? undefined
      : await storeGrant(context.policy, decision.grant, (edit) =>
          auditStored({ by: "allow-always", runId: run.runId, agentId: params.agentId }, edit, call, context),
        );
  if (unsaved !== undefined) {
    context.log.warn(`refused ${shownCommand(params)}: "allow always" was not saved: ${unsaved}`, ids);
    asked?.report(false, `"allow always" was not saved: ${unsaved}`);
    record({ kind: "not-started", ...ids, reason: "grant-not-saved" }, context);
    sendDenied(call, decision.plan.commandText, "approval-state-write-failed", run, params);
    return refuse(
      "SYSTEM_RUN_DENIED",
      `SYSTEM_RUN_DENIED: approval state could not be persisted (${unsaved})`,
    );
  }
  return await startDecided(
    {
      params,
      run,
      ids,
      decision,
      facts,
      asked,
      arrivedAt,
      decideAgain: (policy) =>
        asked?.decideAgain?.(policy) ?? decisionAgain(request, held, policy, facts, options()),
      remedy,
    },
    call,
    context,
  );
}

/** The official text for what could not be kept, and what it means here. */
const UNAUDITED =
  "SYSTEM_RUN_DENIED: approval state could not be persisted (the node could not write its audit file, so nothing was run)";
