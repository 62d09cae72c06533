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

/** What each state is and what comes next, for a person. docs/connecting.md has the same words. */
export const LINK_STATE_TEXTS: Readonly<
  Record<LinkStateName, { readonly means: string; readonly next: string }>
> = {
  resolving: { means: "the Gateway's name is looked up, anew at each attempt", next: "`connecting`" },
  connecting: {
    means: "TCP to its addresses (both families, a quarter of a second apart), TLS, the upgrade",
    next: "`challenged`",
  },
  challenged: {
    means: "the Gateway's challenge is signed and answered",
    next: "`ready`, or a row of the tables below",
  },
  "pairing-pending": {
    means: "the Gateway does not know this device",
    next: "an operator types `openclaw devices approve …` there; the node asks again by itself",
  },
  "surface-pending": {
    means: "connected, and nobody has approved the commands",
    next: "an operator types `openclaw nodes approve …` there",
  },
  ready: { means: "connected; invokes are answered", next: "" },
  draining: {
    means: "the host stops, or the Gateway said that it shuts down or has lost the node from its list",
    next: "what runs ends, then `backing-off`, `resolving` or `stopped`",
  },
  "backing-off": { means: "it waits, until a known time", next: "`resolving`" },
  stopped: { means: "it ends, or only a person can help", next: "" },
};

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
