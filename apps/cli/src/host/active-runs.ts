/** A run that has started and is not over. */
export interface ActiveRun {
  readonly invokeId: string;
  readonly runId: string;
  readonly agentId?: string | undefined;
  /** For a person: cut, and without secrets. */
  readonly command: () => string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** What runs right now, for those who wait for its end. */
export class ActiveRuns {
  readonly #runs = new Set<ActiveRun>();
  readonly #listeners = new Set<() => void>();

  /** Call what it gives when the run is over. */
  begin(run: ActiveRun): () => void {
    this.#runs.add(run);
    this.#tell();
    return () => {
      if (this.#runs.delete(run)) this.#tell();
    };
  }

  get size(): number {
    return this.#runs.size;
  }

  /** As values; the oldest first. */
  list(): readonly (Omit<ActiveRun, "command"> & { readonly command: string })[] {
    return [...this.#runs].map((run) => ({ ...run, command: run.command() }));
  }

  /** Call what it gives to hear no more. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
