import type { StatusDocument } from "../host/host-status.ts";

/** Is this node ready for work, and what does it wait for if not? One closed word, and nothing about the Gateway. */
export interface Readiness {
  readonly ready: boolean;
  /** `ready`; the phase of the link; `pairing`; `commands-pending`, `commands-rejected`; `paused`; `policy-malformed`. */
  readonly state: string;
}

export function readinessOf({ link, surface, paused, policy }: StatusDocument): Readiness {
  const not = (state: string): Readiness => ({ ready: false, state });
  if (link.phase === "waiting" && (link.cause === "pairing" || link.requestId !== undefined))
    return not("pairing");
  if (link.phase !== "ready") return not(link.phase);
  if (surface.stage === "rejected" && surface.added === undefined) return not("commands-rejected");
  if (surface.stage === "pending" && surface.requestId !== undefined) return not("commands-pending");
  if (policy !== "ok") return not("policy-malformed");
  if (paused !== undefined) return not("paused");
  return { ready: true, state: "ready" };
}
