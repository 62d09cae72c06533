import type { FileIdentity, RunPlan } from "@openclaw/protocol";
import { sameIdentity } from "../bindings.ts";
import type { DenyReason } from "../decision.ts";
import type { Facts } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { sha256 } from "../policy/hash.ts";
import { environmentHash } from "./environment-hash.ts";
import type { PreparedBinding } from "./prepared-plans.ts";
import type { ApprovalClaim } from "./read-approval.ts";
import { isSnapshotCurrent, policySnapshot } from "./snapshot.ts";

type Approved = Extract<ApprovalClaim, { kind: "approved" }>;

/** Why an approval does not count: its plan, or the policy under which it was asked for. */
export function claimProblem(claim: Approved, policy: EffectivePolicy): DenyReason | undefined {
  const { plan, prepared, snapshots } = claim;
  if (prepared?.bound === undefined) return "approval-unknown-plan";
  const now = policySnapshot(policy);
  if (!snapshots.every((snapshot) => isSnapshotCurrent(snapshot, now))) return "policy-changed";
  const operand = prepared.plan.mutableFileOperand;
  if (operand === undefined) return undefined;
  if (plan.mutableFileOperand === undefined) return "operand-missing";
  const { argvIndex, path, sha256: hash } = plan.mutableFileOperand;
  const same = argvIndex === operand.argvIndex && path === operand.path && hash === operand.sha256;
  return same ? undefined : "file-changed";
}

/** Whether what would run now is what was shown to the operator. */
export function driftProblem(
  claim: Approved,
  plan: RunPlan,
  env: Readonly<Record<string, string>>,
  facts: Facts,
): DenyReason | undefined {
  const { prepared } = claim;
  const bound = prepared?.bound;
  if (bound === undefined) return "approval-unknown-plan";
  if (!sameDirectory(bound, plan)) return "cwd-changed";
  const same =
    bound.executable === plan.executable &&
    sameTexts(bound.argv, plan.argv) &&
    sameIdentities(bound.bindings, plan.bindings);
  if (!same) return "file-changed";
  if (bound.envHash !== undefined && bound.envHash !== environmentHash(env)) {
    return "environment-changed";
  }
  const operand = prepared?.plan.mutableFileOperand;
  if (operand === undefined) return undefined;
  const content = facts.readFile?.(operand.path, LIMITS.scriptBytes);
  return content !== undefined && sha256(content) === operand.sha256 ? undefined : "file-changed";
}

function sameDirectory(bound: PreparedBinding, plan: RunPlan): boolean {
  const of = (bindings: readonly FileIdentity[]): FileIdentity | undefined =>
    bindings.find(({ path }) => path === plan.cwd);
  const [before, now] = [of(bound.bindings), of(plan.bindings)];
  return bound.cwd === plan.cwd && before !== undefined && now !== undefined && sameIdentity(before, now);
}

function sameIdentities(left: readonly FileIdentity[], right: readonly FileIdentity[]): boolean {
  return (
    left.length === right.length &&
    left.every((identity, index) => {
      const other = right[index];
      return other !== undefined && sameIdentity(identity, other);
    })
  );
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
