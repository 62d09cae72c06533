import type { HelloOk } from "@openclaw/protocol";
import type { WaitCause } from "./link-step.ts";

/** Every state that a link can be in. */
export const LINK_STATE_NAMES = [
  "resolving",
  "connecting",
  "challenged",
  "pairing-pending",
  "surface-pending",
  "ready",
  "draining",
  "backing-off",
  "stopped",
] as const;
export type LinkStateName = (typeof LINK_STATE_NAMES)[number];

interface Told {
  /** When it was entered; milliseconds since the epoch. */
  readonly since: number;
  /** Why the link is in this state. May repeat a Gateway's words. */
  readonly why: string;
  /** What comes next, and who has to do it. */
  readonly next: string;
}

/** On the way to a hello: the name is looked up; TCP, TLS and the upgrade; the challenge is answered. */
export interface AttemptState extends Told {
  readonly state: "resolving" | "connecting" | "challenged";
  readonly phase: "connecting";
}

/** A session is open. `surface-pending`: nobody has approved the commands yet. `draining`: it is about to end. */
export interface OpenState extends Told {
  readonly state: "surface-pending" | "ready" | "draining";
  readonly phase: "ready";
  readonly hello: HelloOk;
  /** What an operator approves, where the Gateway named it. */
  readonly requestId?: string;
}

export interface WaitingState extends Told {
  readonly state: "pairing-pending" | "backing-off";
  readonly phase: "waiting";
  readonly cause: WaitCause;
  /** Milliseconds since the epoch. */
  readonly retryAt: number;
  readonly requestId?: string;
}

/** Before the first attempt (`idle`, code `not-started`) and after the last one. */
export interface StoppedState extends Told {
  readonly state: "stopped";
  readonly phase: "idle" | "stopped";
  readonly code: string;
}

/** What the link is doing at this moment, since when, why, and what comes next. `phase` is the coarse word for it. */
export type LinkState = AttemptState | OpenState | WaitingState | StoppedState;
