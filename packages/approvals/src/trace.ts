import { walkGates, type DecideOptions, type Walk } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Facts } from "./facts.ts";
import { gateText } from "./gate-text.ts";
import { GATE_NAMES, type Gate, type GateName, type GateStatus } from "./gate.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import type { RunRequest } from "./request.ts";
import { isMissed } from "./verdict.ts";

/** A decision with every gate on the way to it. */
export interface DecisionTrace {
  readonly decision: Decision;
  /** All of `GATE_NAMES`, in that order. */
  readonly gates: readonly Gate[];
}

/**
 * `decide`, with its way. The decision is the one that `decide` gives, because it is made
 * there; of the gates exactly one carries `decided`, and a refused run reached none behind it.
 */
export function traceDecision(
  request: RunRequest,
  policy: LoadedPolicy,
  facts: Facts,
  options: DecideOptions = {},
): DecisionTrace {
  const walk = walkGates(request, policy, facts, options);
  const { decision } = walk;
  const decider = walk.stoppedAt ?? allowingGate(decision);
  const decided = {
    outcome: decision.outcome,
    reason: decision.reason,
    ...(decision.outcome === "invalid" ? {} : { rule: decision.rule }),
  };
  const gates = GATE_NAMES.map((name): Gate => {
    const status = statusOf(name, walk);
    const detail = status === "not-reached" ? "" : gateText(name, walk, { request, policy, options });
    return { name, status, detail, ...(name === decider ? { decided } : {}) };
  });
  return { decision, gates };
}

/** What lets a run start: the list, the setting `full`, or an approval. */
function allowingGate({ reason }: Decision): GateName {
  return reason === "full" ? "security" : reason === "approved" ? "approval" : "allowlist";
}

function statusOf(name: GateName, walk: Walk): GateStatus {
  const { stoppedAt, obstacle } = walk;
  const at = GATE_NAMES.indexOf(name);
  if (stoppedAt === name) return "failed";
  if (stoppedAt !== undefined && at > GATE_NAMES.indexOf(stoppedAt)) return "not-reached";
  if (obstacle === undefined) return isUncovered(name, walk) ? "failed" : "passed";
  // An approval was looked at although something stands in the way.
  if (obstacle.gate === name) return "failed";
  const between = at > GATE_NAMES.indexOf(obstacle.gate) && at < GATE_NAMES.indexOf("approval");
  if (between) return "not-reached";
  return isUncovered(name, walk) ? "failed" : "passed";
}

/** The gates whose failure is a question, which `ask` then answers. */
function isUncovered(name: GateName, { effective, judged }: Walk): boolean {
  if (effective === undefined || judged === undefined) return false;
  if (name === "unseen-programs") return judged.denyUnproven;
  if (!isMissed(effective, judged)) return false;
  return name === "allowlist" || (name === "understood" && judged.coverage.notAnalyzable !== undefined);
}
