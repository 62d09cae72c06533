/** How long starts may follow each other before everybody else has a turn; milliseconds. */
export const START_PACE_MS = 2;

/**
 * Spreads the starts of runs, which take longer than anything else that the host does at once: sixty that come
 * together must not delay the answer to a simple question by the time of sixty starts. First come, first served; one
 * alone starts at once.
 */
export class StartPace {
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  /** When the first start of this turn of the event loop was; undefined before it. */
  #begunAt: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Undefined: start now. Otherwise wait for it. */
  turn(): Promise<void> | undefined {
    if (this.#waiting.length > 0 || this.#isSpent())
      return new Promise((resolve) => this.#waiting.push(resolve));
    this.#begin();
    return undefined;
  }

  #begin(): void {
    if (this.#begunAt !== undefined) return;
    this.#begunAt = this.#now();
    setImmediate(this.#onTurn);
  }

  #isSpent(): boolean {
    return this.#begunAt !== undefined && this.#now() - this.#begunAt >= START_PACE_MS;
  }

  readonly #onTurn = (): void => {
    this.#begunAt = undefined;
    this.#next();
  };

  readonly #next = (): void => {
    if (this.#isSpent()) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#begin();
    first();
    // A tick comes after all that follows from the promise, and so after the start.
    queueMicrotask(() => process.nextTick(this.#next));
  };
}
