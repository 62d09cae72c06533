import { grantAlways, loadPolicy, type AlwaysGrant } from "@openclaw/approvals";
import { policyChanges, type PolicyChanges, type StoredEdit } from "./policy-edit-audit.ts";
import type { PolicyStore } from "./policy-store.ts";

/**
 * Saves what "allow always" granted, in one step with reading the policy it was decided under.
 * Resolves with undefined, or with why it was not saved; the run must not start then.
 * `audit` hears of the edit before it is stored, and again when that fails; what it throws keeps it from being stored.
 */
export async function storeGrant(
  policy: PolicyStore,
  grant: AlwaysGrant,
  audit: (edit: StoredEdit) => void,
  now: number = Date.now(),
): Promise<string | undefined> {
  let problem: string | undefined;
  let audited: PolicyChanges | undefined;
  try {
    await policy.update((content) => {
      const before = loadPolicy(content);
      const edit = grantAlways(before, grant, { now });
      if (!edit.ok) {
        problem = edit.message;
        return undefined;
      }
      if (!edit.changed) return undefined;
      const changes = policyChanges(before, edit.policy);
      audit(changes);
      audited = changes;
      return edit.text;
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    if (audited !== undefined) audit({ ...audited, failed: problem });
  }
  return problem;
}
