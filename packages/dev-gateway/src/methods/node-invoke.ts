import type { OperatorMethodParams } from "@openclaw/protocol";
import { done, invalidRequest, unavailable, type Answer } from "../answers.ts";
import { gateRefusal } from "../command-gate.ts";
import type { EraRules } from "../era.ts";
import type { Call } from "../method-table.ts";
import type { FailedInvoke } from "../node-registry.ts";
import { isPolicyCommand } from "../platform-commands.ts";
import { forwardedRun } from "../system-run-forward.ts";

/** `node.invoke`: checks, then hands the call to the node and waits. */
export async function invokeNode(call: Call<OperatorMethodParams["node.invoke"]>): Promise<Answer> {
  const { parts, params, connection } = call;
  const { rules } = parts;
  const nodeId = params.nodeId.trim();
  const command = params.command.trim();
  if (nodeId === "" || command === "") return invalidRequest("nodeId and command required");
  if (isPolicyCommand(command) && rules.surfaceApproval !== "none") {
    const text = "node.invoke does not allow system.execApprovals.*; use exec.approvals.node.*";
    return invalidRequest(text, { command });
  }
  const refusal = gateRefusal(parts, nodeId, command);
  if (refusal !== undefined) return refusal;
  const filtered = command === "system.run" && rules.runFiltered;
  const forwarded = filtered
    ? forwardedRun(call, nodeId)
    : { ok: true as const, params: params.params, run: undefined };
  if (!forwarded.ok) return forwarded.answer;
  const outcome = await parts.nodes.invoke({
    nodeId,
    command,
    params: forwarded.params,
    timeoutMs: params.timeoutMs,
    idempotencyKey: params.idempotencyKey,
    startedAtMs: call.at,
    caller: connection,
    run: forwarded.run,
  });
  if (!outcome.ok) return nodeFailure(outcome, rules);
  const { payload, payloadJSON } = outcome;
  return done({ ok: true, nodeId, command, payload, payloadJSON });
}

/** A node's error as its caller sees it. Source: protocol section 4.3. */
export function nodeFailure(outcome: FailedInvoke, rules: EraRules): Answer {
  const newest = rules.era === "2026.9";
  const { code, message } = outcome.error;
  // The older Gateways have no shape for a node that went away in the middle.
  if (code === "DISCONNECTED" && !newest) return unavailable(`Error: ${message}`);
  const text = message ?? "node invoke failed";
  const prefix = rules.surfaceApproval !== "none" && code !== undefined ? `${code}: ` : "";
  return unavailable(`${prefix}${text}`, {
    nodeError: outcome.error,
    ...(newest ? { nodeCommandDispatched: outcome.dispatched } : {}),
  });
}
