import type { Readiness } from "../health/readiness.ts";

/** Where a node stands, for `node status`. docs/troubleshooting.md has the same table; a test compares the two. */
export interface NodeStage {
  readonly stage: Readiness["state"] | "no-host";
  /** Of `node status --exit-code`; 1, 2 and 78 mean what they mean everywhere. */
  readonly exitCode: number;
  readonly means: string;
  readonly remedy: string;
}

export const NODE_STAGES: readonly NodeStage[] = [
  { stage: "ready", exitCode: 0, means: "connected, approved, and runs may start", remedy: "nothing" },
  {
    stage: "no-host",
    exitCode: 10,
    means: "no host runs on this state directory",
    remedy: "`openclaw node start`, or `openclaw node run`",
  },
  { stage: "connecting", exitCode: 11, means: "an attempt is going on", remedy: "wait a moment" },
  {
    stage: "waiting",
    exitCode: 12,
    means: "the Gateway cannot be reached, or asked the node to wait; the time of the next try is known",
    remedy: "`openclaw node doctor` says which part of the way is broken",
  },
  {
    stage: "credentials",
    exitCode: 13,
    means: "the Gateway refuses token, password or pin; tried again at most every five minutes",
    remedy: "give the host the present token or pin, or pair it anew with a code",
  },
  {
    stage: "pairing",
    exitCode: 14,
    means: "the Gateway's operator has to accept this machine",
    remedy: "type the line that `node status` shows on the Gateway; the node goes on by itself",
  },
  {
    stage: "commands-pending",
    exitCode: 15,
    means: "connected, but nobody has approved the node's commands",
    remedy: "type the line that `node status` shows on the Gateway; the node goes on by itself",
  },
  {
    stage: "commands-rejected",
    exitCode: 16,
    means: "the operator rejected the node's commands",
    remedy: "restart the node when they may be approved after all",
  },
  {
    stage: "policy-malformed",
    exitCode: 17,
    means: "connected, but every run is refused, because the policy cannot be used",
    remedy: "`openclaw approvals lint` says where; mend the file",
  },
  { stage: "paused", exitCode: 18, means: "its owner has paused it", remedy: "`openclaw node resume`" },
  {
    stage: "draining",
    exitCode: 19,
    means:
      "the connection is about to end: the host stops, or the Gateway restarts or has lost the node from its list",
    remedy: "wait a moment",
  },
  {
    stage: "stopped",
    exitCode: 20,
    means: "the link is closed, and the host is about to end",
    remedy: "`openclaw node logs` says why",
  },
];

/** A word of another release counts as one that is not ready. */
export function exitCodeOfStage(stage: string): number {
  return NODE_STAGES.find((known) => known.stage === stage)?.exitCode ?? UNKNOWN_STAGE;
}

const UNKNOWN_STAGE = 11;
