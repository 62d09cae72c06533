/**
 * Spreads the starts of runs, which take longer than anything else that the host does at once: sixty that come
 * together must not delay the answer to a simple question by the time of sixty starts. One start in each turn of
 * the event loop, first come, first served; one alone starts at once.
 */
export class StartPace {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;
  readonly #onTurn = (): void => {
    const first = this.#waiting.shift();
    if (first === undefined) {
      this.#isTaken = false;
      return;
    }
    setImmediate(this.#onTurn);
    first();
  };

  /** Undefined: start now. Otherwise wait for it. */
  turn(): Promise<void> | undefined {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    setImmediate(this.#onTurn);
    return undefined;
  }
}
