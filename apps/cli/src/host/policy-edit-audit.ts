import { diffPolicies, differenceLine, type LoadedPolicy } from "@openclaw/approvals";
import type { AuditOrigin, AuditRecord } from "./audit.ts";
import type { HostContext, InvokeCall } from "./host-context.ts";
import { maskText } from "./mask-secrets.ts";

export const EDIT_LIMITS = {
  /** Changes that one line of the audit tells; the rest is counted. */
  changes: 48,
  /** Changes that the log tells. */
  logged: 12,
  /** Characters of one change. */
  changeChars: 240,
} as const;

/** What an edit changed, short and without secrets. */
export interface PolicyChanges {
  /** The hashes of the policy before and after. */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly string[];
}

/** An edit that is about to be stored; or, with `failed`, one that could not be stored after all. */
export type StoredEdit = PolicyChanges & { readonly failed?: string };

export function policyChanges(before: LoadedPolicy, after: LoadedPolicy): PolicyChanges {
  const all = diffPolicies(before, after);
  const { changes: most, changeChars } = EDIT_LIMITS;
  const lines = all
    .slice(0, most)
    .map((difference) => cut(maskText(differenceLine(difference)), changeChars));
  const more = all.length - lines.length;
  return {
    from: before.hash,
    to: after.hash,
    changes: more === 0 ? lines : [...lines, `and ${more} more`],
  };
}

/** For the log: one line each, the first ones. */
export function changeLines(changes: readonly string[]): readonly string[] {
  const { logged } = EDIT_LIMITS;
  if (changes.length === 0) return ["  nothing that decides changed"];
  const lines = changes.slice(0, logged).map((change) => `  ${change}`);
  const more = changes.length - lines.length;
  return more === 0 ? lines : [...lines, `  … more with: openclaw approvals log show`];
}

type EditRecord = Extract<AuditRecord, { kind: "policy-edit" }>;
type Editor = Pick<EditRecord, "by" | "runId" | "agentId">;

/** Throws when the line cannot be written: what cannot be audited is not stored. */
export function auditStored(editor: Editor, edit: StoredEdit, call: InvokeCall, context: HostContext): void {
  const { failed, ...changes } = edit;
  context.audit.record({
    kind: "policy-edit",
    ...editor,
    outcome: failed === undefined ? "accepted" : "failed",
    reason: failed,
    ...changes,
    ...auditOrigin(call, context),
  });
}

export function auditRefused(editor: Editor, reason: string, call: InvokeCall, context: HostContext): void {
  context.audit.record({
    kind: "policy-edit",
    ...editor,
    outcome: "refused",
    reason,
    from: context.policy.current().hash,
    ...auditOrigin(call, context),
  });
}

/** Through whom this call came. */
export function auditOrigin(
  { id, gatewayVersion }: Pick<InvokeCall, "id" | "gatewayVersion">,
  { gatewayHost }: Pick<HostContext, "gatewayHost">,
): AuditOrigin {
  return { invokeId: id, gateway: gatewayHost, gatewayVersion };
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars)}… (${text.length} characters)`;
}
