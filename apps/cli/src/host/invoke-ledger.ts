/** How long and how many past invokes are remembered. */
export const LEDGER_LIMITS = { rememberMs: 600_000, entries: 4096 } as const;

/**
 * Remembers invoke ids and idempotency keys, so that a repeated frame never starts a
 * second run. Bounded: when it is full the oldest entries go first.
 */
export class InvokeLedger {
  readonly #seen = new Map<string, number>();
  readonly #now: () => number;

  /** `now` gives milliseconds that never go back: a clock that is set must not bring old invokes to life. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Remembers the id of an invoke; true when it was seen lately. */
  repeatsId(id: string): boolean {
    return this.#repeats(`id:${id}`);
  }

  /** Remembers a key; true when it was seen lately. Ask only for an invoke that is taken on otherwise. */
  repeatsKey(key: string): boolean {
    return this.#repeats(`key:${key}`);
  }

  get size(): number {
    return this.#seen.size;
  }

  #repeats(name: string): boolean {
    const now = this.#now();
    const at = this.#seen.get(name);
    if (at !== undefined && now - at <= LEDGER_LIMITS.rememberMs) return true;
    this.#seen.delete(name);
    this.#makeRoom(now);
    this.#seen.set(name, now);
    return false;
  }

  #makeRoom(now: number): void {
    for (const [name, at] of this.#seen) {
      if (now - at <= LEDGER_LIMITS.rememberMs && this.#seen.size < LEDGER_LIMITS.entries) return;
      this.#seen.delete(name);
    }
  }
}
