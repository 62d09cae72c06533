import { applySet, loadPolicy, projectPolicy } from "@openclaw/approvals";
import type { ExecApprovalsSetParams, ExecApprovalsSnapshot } from "@openclaw/protocol";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import {
  auditRefused,
  auditStored,
  changeLines,
  policyChanges,
  type PolicyChanges,
} from "../policy-edit-audit.ts";

/** The policy as the Gateway may see it: closed to the keys it knows, deny rules left out. */
export function getExecApprovals(_params: unknown, _call: InvokeCall, context: HostContext): InvokeAnswer {
  return { ok: true, payload: snapshotOf(context) };
}

const BY = { by: "gateway" } as const;

/**
 * A policy edit from the Gateway: only with the hash of what it replaces, and only as far as the owner lets it.
 * Audited before it is stored, like a run before it is started.
 */
export async function setExecApprovals(
  params: ExecApprovalsSetParams,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  let refusedBecause: string | undefined;
  let unaudited = false;
  let audited: PolicyChanges | undefined;
  try {
    await context.policy.update((content) => {
      const before = loadPolicy(content);
      const edit = applySet(before, params, { edits: context.node.policyEdits ?? "free" });
      if (!edit.ok) {
        refusedBecause = edit.message;
        return undefined;
      }
      const changes = policyChanges(before, edit.policy);
      unaudited = !tried(() => auditStored(BY, changes, call, context), context);
      if (unaudited) return undefined;
      audited = changes;
      return edit.text;
    });
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const done = audited;
    tried(
      () =>
        done === undefined
          ? auditRefused(BY, failed, call, context)
          : auditStored(BY, { ...done, failed }, call, context),
      context,
    );
    throw error;
  }
  if (refusedBecause !== undefined) {
    const reason = refusedBecause;
    context.log.warn(`refused a policy edit from the Gateway: ${reason}`);
    tried(() => auditRefused(BY, reason, call, context), context);
    return refuse("INVALID_REQUEST", reason);
  }
  if (unaudited) return refuse("UNAVAILABLE", UNAUDITED);
  context.log.info("the Gateway edited the exec approvals", { file: context.policy.path });
  for (const line of changeLines(audited?.changes ?? [])) context.log.info(line);
  return { ok: true, payload: snapshotOf(context) };
}

const UNAUDITED =
  "UNAVAILABLE: the node could not write its audit file, so the exec approvals were not changed";

/** False when the line could not be written, which is said in the log. */
function tried(audit: () => void, context: HostContext): boolean {
  try {
    audit();
    return true;
  } catch (error) {
    context.log.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function snapshotOf(context: HostContext): ExecApprovalsSnapshot {
  const policy = context.policy.current();
  return { path: context.policy.path, exists: policy.exists, hash: policy.hash, file: projectPolicy(policy) };
}
