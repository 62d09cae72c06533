import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { preparePlace } from "../files/private-place.ts";
import { browserProxyLimits } from "../limits.ts";

/** An empty directory of ours for one browser. False when it is not safe to use. */
export async function emptyScratch(directory: string): Promise<boolean> {
  await removeScratch(directory);
  return preparePlace(directory);
}

export async function removeScratch(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/**
 * Looks from time to time, while something is being downloaded, at how much has come. A page may send without end, and the
 * browser tells sizes only when it is too late.
 */
export class ScratchWatch {
  readonly #directory: string;
  readonly #onFull: () => void;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, onFull: () => void) {
    this.#directory = directory;
    this.#onFull = onFull;
  }

  during(download: Promise<unknown>): void {
    this.#running += 1;
    this.#timer ??= setInterval(() => void this.#look(), browserProxyLimits.scratchCheckMs).unref();
    void this.#untilDone(download);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #untilDone(download: Promise<unknown>): Promise<void> {
    await download.catch(() => undefined);
    this.#running -= 1;
    if (this.#running === 0) this.close();
  }

  async #look(): Promise<void> {
    if ((await sizeOf(this.#directory)) > browserProxyLimits.scratchBytes) this.#onFull();
  }
}

async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const facts = await Promise.all(names.map((name) => lstat(join(directory, name)).catch(() => undefined)));
  return facts.reduce((sum, fact) => sum + (fact?.isFile() === true ? fact.size : 0), 0);
}
