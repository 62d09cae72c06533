/** Both clocks in milliseconds; the steady one stands still while the machine sleeps, on most systems. */
export interface Clocks {
  readonly wall: () => number;
  readonly steady: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

export interface PulseOptions {
  /** The Gateway's tick; milliseconds. */
  readonly tickMs: number;
  /** So many ticks without any frame mean that the link is dead. */
  readonly silentTicks: number;
  /** How long a Gateway has for a sign of life after this machine slept; milliseconds. */
  readonly wakeMs: number;
  readonly ping: () => void;
  readonly onDead: () => void;
  readonly clocks?: Clocks;
}

/** Looks per tick. */
const LOOKS = 8;
/** A look that comes so many times too late means that this process did not run. */
const LATE = 3;

/**
 * Finds out that a link is dead: nothing came for too long, or nothing of ours arrives any more although something
 * comes. Asks with a ping each tick. After a sleep of this machine it asks at once instead of judging by old times.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #clocks: Clocks;
  readonly #everyMs: number;
  readonly #timer: NodeJS.Timeout;
  #heardAt: number;
  #lookedAt: number;
  #wallAhead: number;
  /** When the oldest ping without an answer was sent. */
  #askedAt: number | undefined;
  #pingedAt: number;
  /** Until when a sign of life has to come after a sleep. */
  #wakeEnd: number | undefined;
  #roundTripMs: number | undefined;

  constructor(options: PulseOptions) {
    const { tickMs, clocks = SYSTEM_CLOCKS } = options;
    this.#options = options;
    this.#clocks = clocks;
    this.#everyMs = tickMs / LOOKS;
    const now = clocks.steady();
    this.#heardAt = now;
    this.#lookedAt = now;
    this.#pingedAt = now;
    this.#wallAhead = clocks.wall() - now;
    this.#timer = setInterval(() => this.#look(), this.#everyMs);
    this.#ask(now);
  }

  /** Of the last ping that was answered; milliseconds. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** A frame came, whatever it was. */
  heard(): void {
    this.#heardAt = this.#clocks.steady();
    this.#wakeEnd = undefined;
  }

  /** The answer to a ping came. */
  answered(): void {
    this.heard();
    if (this.#askedAt !== undefined) this.#roundTripMs = this.#heardAt - this.#pingedAt;
    this.#askedAt = undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { tickMs, silentTicks, wakeMs } = this.#options;
    const now = this.#clocks.steady();
    const wallAhead = this.#clocks.wall() - now;
    const slept =
      now - this.#lookedAt > this.#everyMs * LATE || Math.abs(wallAhead - this.#wallAhead) > tickMs;
    this.#lookedAt = now;
    this.#wallAhead = wallAhead;
    if (slept) {
      this.#wakeEnd = now + Math.min(wakeMs, tickMs);
      this.#heardAt = now;
      this.#ask(now);
      return;
    }
    // One look before the end, so that it is found within the time and not after it.
    const limitMs = tickMs * silentTicks - this.#everyMs;
    // A Gateway that never answered a ping may not know them; one that did has stopped hearing us.
    const unheard = this.#roundTripMs !== undefined && this.#askedAt !== undefined;
    const dead =
      now - this.#heardAt >= limitMs ||
      (unheard && now - (this.#askedAt ?? now) >= limitMs) ||
      (this.#wakeEnd !== undefined && now >= this.#wakeEnd);
    if (dead) {
      this.stop();
      this.#options.onDead();
    } else if (now - this.#pingedAt >= tickMs) this.#ask(now);
  }

  #ask(now: number): void {
    this.#askedAt ??= now;
    this.#pingedAt = now;
    this.#options.ping();
  }
}
