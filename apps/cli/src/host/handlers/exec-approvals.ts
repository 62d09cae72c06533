import { applySet, loadPolicy, projectPolicy } from "@openclaw/approvals";
import type { ExecApprovalsSetParams, ExecApprovalsSnapshot } from "@openclaw/protocol";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";

/** The policy as the Gateway may see it: closed to the keys it knows, deny rules left out. */
export function getExecApprovals(_params: unknown, _call: InvokeCall, context: HostContext): InvokeAnswer {
  return { ok: true, payload: snapshotOf(context) };
}

/** A policy edit from the Gateway: only with the hash of what it replaces, and only as far as the owner lets it. */
export async function setExecApprovals(
  params: ExecApprovalsSetParams,
  _call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  let refusedBecause: string | undefined;
  await context.policy.update((content) => {
    const edit = applySet(loadPolicy(content), params, { edits: context.node.policyEdits ?? "free" });
    if (edit.ok) return edit.text;
    refusedBecause = edit.message;
    return undefined;
  });
  if (refusedBecause !== undefined) {
    context.log.warn(`refused a policy edit from the Gateway: ${refusedBecause}`);
    return refuse("INVALID_REQUEST", refusedBecause);
  }
  context.log.info("the Gateway edited the exec approvals", { file: context.policy.path });
  return { ok: true, payload: snapshotOf(context) };
}

function snapshotOf(context: HostContext): ExecApprovalsSnapshot {
  const policy = context.policy.current();
  return { path: context.policy.path, exists: policy.exists, hash: policy.hash, file: projectPolicy(policy) };
}
