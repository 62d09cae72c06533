import type { LinkState } from "@openclaw/gateway-connection";

/** What went wrong with the link the last time; kept while all is well again. */
export interface LinkProblem {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly cause: string;
  /** May repeat a Gateway's words. */
  readonly why: string;
}

/** The problem that a state tells of. Waiting for an approval is none, and neither is a try with another credential. */
export function problemIn(state: LinkState): LinkProblem | undefined {
  if (state.phase !== "waiting" || state.cause === "pairing" || state.cause === "swap") return undefined;
  return { at: state.since, cause: state.cause, why: state.why };
}
