import type { LinkView, SurfaceView } from "../host/host-status.ts";

/** Is this node ready for work, and what does it wait for if not? One closed word, and nothing about the Gateway. */
export interface Readiness {
  readonly ready: boolean;
  readonly state: (typeof READINESS_STATES)[number];
}

export const READINESS_STATES = [
  "ready",
  "connecting",
  "waiting",
  "credentials",
  "pairing",
  "commands-pending",
  "commands-rejected",
  "policy-malformed",
  "paused",
  "draining",
  "stopped",
] as const;

/** The parts of a status that decide; of a host of another version some may be missing. */
export interface ReadinessFacts {
  readonly link: LinkView;
  readonly surface: SurfaceView;
  readonly paused?: object | undefined;
  readonly policy: string;
}

export function readinessOf({ link, surface, paused, policy }: ReadinessFacts): Readiness {
  const not = (state: Readiness["state"]): Readiness => ({ ready: false, state });
  if (link.phase === "waiting") {
    if (link.cause === "pairing" || link.requestId !== undefined) return not("pairing");
    return not(link.cause === "credentials" ? "credentials" : "waiting");
  }
  if (link.phase === "stopped") return not("stopped");
  if (link.phase !== "ready") return not("connecting");
  if (link.state === "draining") return not("draining");
  if (surface.stage === "rejected" && surface.added === undefined) return not("commands-rejected");
  if (surface.stage === "pending" && surface.requestId !== undefined) return not("commands-pending");
  if (policy !== "ok") return not("policy-malformed");
  if (paused !== undefined) return not("paused");
  return { ready: true, state: "ready" };
}
