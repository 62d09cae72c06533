import { done, invalidRequest, type Answer } from "../answers.ts";
import {
  nodeGetSchema,
  nodeSetSchema,
  nodeSetSchemaNewest,
  setSchema,
  snapshotSchema,
} from "../approvals-document.ts";
import { policyRefusal } from "../command-gate.ts";
import type { EraRules } from "../era.ts";
import { operatorMethod, type Call, type MethodTable } from "../method-table.ts";
import { check } from "../validation-text.ts";
import { nodeFailure } from "./node-invoke.ts";
import { OPERATOR_METHODS } from "@openclaw/protocol";

/** The exec approvals documents of nodes and of the Gateway's own machine. Source: exec section 1.5. */
export function execApprovalsMethods(rules: EraRules): MethodTable {
  const nodeSet = rules.policyReplyChecked ? nodeSetSchemaNewest : nodeSetSchema;
  return {
    "exec.approvals.node.get": operatorMethod("operator.admin", nodeGetSchema, (call) =>
      relay(call, call.params.nodeId, "system.execApprovals.get", {}),
    ),
    "exec.approvals.node.set": operatorMethod("operator.admin", nodeSet, (call) => {
      const { nodeId, file, baseHash } = call.params;
      const params = { file, ...(baseHash === undefined ? {} : { baseHash }) };
      return relay(call, nodeId, "system.execApprovals.set", params);
    }),
    "exec.approvals.get": operatorMethod(
      "operator.admin",
      OPERATOR_METHODS["exec.approvals.get"],
      ({ parts }) => done(parts.hostApprovals.snapshot()),
    ),
    "exec.approvals.set": operatorMethod("operator.admin", setSchema, ({ parts, params }) => {
      const problem = parts.hostApprovals.set(params.file, params.baseHash);
      return problem === undefined ? done(parts.hostApprovals.snapshot()) : invalidRequest(problem);
    }),
  };
}

async function relay(call: Call<unknown>, nodeId: string, command: string, params: unknown): Promise<Answer> {
  const { parts } = call;
  const refusal = policyRefusal(parts, nodeId, command);
  if (refusal !== undefined) return refusal;
  const outcome = await parts.nodes.invoke({
    nodeId,
    command,
    params,
    startedAtMs: call.at,
    caller: call.connection,
  });
  if (!outcome.ok) return nodeFailure(outcome, parts.rules);
  const { payload } = outcome;
  if (!parts.rules.policyReplyChecked || check(snapshotSchema, payload, parts.rules).ok) {
    return done(payload);
  }
  return invalidRequest("node returned invalid exec approvals payload");
}
