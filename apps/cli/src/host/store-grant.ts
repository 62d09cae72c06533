import { grantAlways, loadPolicy, type AlwaysGrant } from "@openclaw/approvals";
import type { PolicyStore } from "./policy-store.ts";

/**
 * Saves what "allow always" granted, in one step with reading the policy it was decided under.
 * Resolves with undefined, or with why it was not saved; the run must not start then.
 */
export async function storeGrant(
  policy: PolicyStore,
  grant: AlwaysGrant,
  now: number = Date.now(),
): Promise<string | undefined> {
  let problem: string | undefined;
  try {
    await policy.update((content) => {
      const edit = grantAlways(loadPolicy(content), grant, { now });
      if (edit.ok) return edit.changed ? edit.text : undefined;
      problem = edit.message;
      return undefined;
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  return problem;
}
