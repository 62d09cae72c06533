import { StoreError } from "./errors.ts";
import { storeLimits } from "./limits.ts";
import { readLock } from "./lock-record.ts";
import { waitForLock } from "./lock-wait.ts";
import { prepareParentDir } from "./private-directory.ts";
import { isAlive } from "./process-identity.ts";
import { shown } from "./shown-text.ts";

export interface HostLockOptions {
  /** Who holds it, for messages: "node host". */
  readonly describe?: string;
}

/** One running host for each state directory. Give it back with `release` or `await using`. */
export class HostLock {
  readonly lockFile: string;
  readonly #release: () => void;
  #released = false;

  constructor(lockFile: string, release: () => void) {
    this.lockFile = lockFile;
    this.#release = release;
  }

  /** Safe to call twice. A lock that somebody took by force meanwhile is left alone. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Takes the lock, also over from a process that has ended, whoever has its id now. Throws `host-running` (with the
 * holder's `pid`) when it lives, `lock-timeout` when contenders keep each other busy, or a file error.
 */
export async function acquireHostLock(lockFile: string, options: HostLockOptions = {}): Promise<HostLock> {
  const { describe = "node host" } = options;
  prepareParentDir(lockFile);
  const waitMs = storeLimits.lockWaitMs;
  const outcome = await waitForLock(lockFile, { waitMs, whenHeld: "fail" });
  if (outcome.kind === "held") return new HostLock(lockFile, outcome.release);
  const pid = outcome.holder?.pid;
  if (pid === undefined)
    throw new StoreError(
      "lock-timeout",
      `could not get the lock ${shown(lockFile)} of the ${describe} within ${waitMs} ms; remove it if no ${describe} is running`,
      { path: lockFile },
    );
  throw new StoreError(
    "host-running",
    `a ${describe} is already running on this state directory as process ${pid} (lock ${shown(lockFile)}); stop it, or use another state directory with --profile`,
    { path: lockFile, pid },
  );
}

/** Who holds a lock, without taking it; undefined when nobody does. Throws a file error. */
export function lookAtHostLock(
  lockFile: string,
): { readonly pid: number; readonly alive: boolean } | undefined {
  const record = readLock(lockFile)?.record;
  return record === undefined ? undefined : { pid: record.pid, alive: isAlive(record) };
}
