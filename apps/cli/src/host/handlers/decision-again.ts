import {
  decide,
  PreparedPlans,
  type DecideOptions,
  type Decision,
  type Facts,
  type LoadedPolicy,
  type PreparedPlan,
  type RunRequest,
} from "@openclaw/approvals";
import type { SystemRunParams } from "@openclaw/protocol";
import type { HostContext } from "../host-context.ts";

/** The prepared plan of an approved run, before the first decision uses it up. */
export function heldPlan(
  { approved, systemRunPlan }: SystemRunParams,
  { prepared }: Pick<HostContext, "prepared">,
): PreparedPlan | undefined {
  return approved && systemRunPlan != null ? prepared.find(systemRunPlan) : undefined;
}

/** The same question under another policy, for a run whose approval the first decision has used up. */
export function decisionAgain(
  request: RunRequest,
  held: PreparedPlan | undefined,
  policy: LoadedPolicy,
  facts: Facts,
  options: DecideOptions,
): Decision {
  const prepared = new PreparedPlans();
  if (held !== undefined) prepared.add(held);
  return decide(request, policy, facts, { ...options, prepared });
}
