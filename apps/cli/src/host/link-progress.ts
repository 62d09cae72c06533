import type { LinkState } from "@openclaw/gateway-connection";

/** How long each phase may last without a sign of life, beyond what it says itself; milliseconds. */
export const PROGRESS_LIMITS = {
  /** Opening and handshake are bounded by 30 s together; name look-ups and a slow disk come on top. */
  connectingMs: 120_000,
  /** After the moment at which a waiting link wanted to try again. */
  overdueMs: 60_000,
  /** Closing a link and its runs takes seconds. */
  stoppedMs: 60_000,
} as const;

/**
 * Is the link's state machine alive? A connected link watches itself (silence ends it), a waiting one has a time
 * at which it goes on, an attempt has a bound. Measured with a clock that stands still while the machine sleeps.
 */
export class LinkProgress {
  readonly #now: () => number;
  #state: LinkState | undefined;
  #enteredAt = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** `state` is the link's state of this moment; call it often enough, and at each change. */
  isAlive(state: LinkState): boolean {
    if (state !== this.#state) {
      this.#state = state;
      this.#enteredAt = this.#now();
    }
    return this.#now() - this.#enteredAt <= patienceWith(state);
  }
}

function patienceWith(state: LinkState): number {
  switch (state.phase) {
    case "ready":
      return Number.POSITIVE_INFINITY;
    case "waiting":
      return Math.max(0, state.retryAt - state.since) + PROGRESS_LIMITS.overdueMs;
    case "idle":
    case "connecting":
      return PROGRESS_LIMITS.connectingMs;
    case "stopped":
      return PROGRESS_LIMITS.stoppedMs;
  }
}
