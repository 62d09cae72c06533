import type { Download } from "playwright-core";

export interface DownloadQuestion {
  readonly signal: AbortSignal;
  /** Passes over a download that came before the question and that nobody took. */
  readonly fresh: boolean;
}

type Found = Download | "superseded" | "aborted";

/**
 * The downloads of one page: each goes to who waits for it. Without anybody, the newest one is kept for a later question,
 * and the one before it is thrown away.
 */
export class DownloadHook {
  #unclaimed: Download | undefined;
  #give: ((found: Found) => void) | undefined;

  /** The next download. An older question ends when a newer one comes. */
  next({ signal, fresh }: DownloadQuestion): Promise<Found> {
    this.#give?.("superseded");
    const kept = this.#unclaimed;
    this.#unclaimed = undefined;
    if (kept !== undefined && !fresh) return Promise.resolve(kept);
    if (kept !== undefined) discard(kept);
    return new Promise((resolve) => {
      const onAbort = (): void => {
        give("aborted");
      };
      const give = (found: Found): void => {
        signal.removeEventListener("abort", onAbort);
        if (this.#give === give) this.#give = undefined;
        resolve(found);
      };
      this.#give = give;
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }

  offer(download: Download): void {
    if (this.#give !== undefined) {
      this.#give(download);
      return;
    }
    if (this.#unclaimed !== undefined) discard(this.#unclaimed);
    this.#unclaimed = download;
  }

  close(): void {
    this.#give?.("aborted");
    if (this.#unclaimed !== undefined) discard(this.#unclaimed);
    this.#unclaimed = undefined;
  }
}

/** Stops it if it still runs, and removes what came of it. */
export function discard(download: Download): void {
  void download
    .cancel()
    .then(() => download.delete())
    .catch(() => undefined);
}
