import { systemRunResultSchema, type NodeInfo, type SystemRunResult } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { askApproval } from "./ask-approval.ts";
import { nodeLabel } from "./find-node.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";
import { invokeRaw, nodePayload, prepareRun } from "./prepare-run.ts";
import { gatewayErrorOf } from "./request-failure.ts";
import type { RunWish } from "./run-wish.ts";

export interface RunAnswer {
  /** The Gateway's whole answer, for `--json`. */
  readonly answer: unknown;
  readonly result: SystemRunResult;
}

/**
 * Prepares a run, runs it, and asks for an approval when the node wants one. What is approved is what the node
 * prepared, and what runs is what was approved.
 */
export async function runOnNode(
  gateway: OperatorGateway,
  node: NodeInfo,
  wish: RunWish,
  onWaiting: (approvalId: string, argv: readonly string[]) => void,
): Promise<RunAnswer> {
  if (!node.connected) {
    throw new CliError("node-offline", `${nodeLabel(node)} is not connected to the Gateway`, [
      "openclaw nodes status shows which nodes are",
    ]);
  }
  const prepared = await prepareRun(gateway, node, wish);
  const params = {
    ...prepared.params,
    timeoutMs: wish.commandTimeoutMs,
    // A person watches this run: no agent has to be woken by its end.
    suppressNotifyOnExit: true,
  };
  const invoke = async (more: object): Promise<RunAnswer> => {
    const timeoutMs = wish.commandTimeoutMs + OPERATOR_LIMITS.invokeMarginMs;
    const answer = await invokeRaw(gateway, node.nodeId, "system.run", { ...params, ...more }, timeoutMs);
    return { answer, result: parseAnswer(systemRunResultSchema, nodePayload(answer), "system.run") };
  };
  try {
    return await invoke({});
  } catch (error) {
    if (!wantsApproval(error)) throw error;
  }
  const approval = await askApproval(gateway, node, prepared, wish, (id) => onWaiting(id, prepared.argv));
  return await invoke({
    runId: approval.id,
    approved: true,
    approvalDecision: approval.decision,
    ...(prepared.plan === undefined ? {} : { systemRunPlan: prepared.plan.raw }),
  });
}

/** Did the node refuse because nobody approved? Source: protocol section 4.4. */
function wantsApproval(error: unknown): boolean {
  return /SYSTEM_RUN_DENIED: approval required/u.test(gatewayErrorOf(error)?.message ?? "");
}

/** The exit code that a run passes on; one that fits into no exit code must not come out as success. */
export function runExitCode({ exitCode, timedOut, success }: SystemRunResult, timedOutCode: number): number {
  if (timedOut) return timedOutCode;
  if (exitCode === undefined) return success ? 0 : 1;
  return Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255 ? exitCode : 1;
}
