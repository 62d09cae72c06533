import { StoreError } from "./errors.ts";
import { storeLimits } from "./limits.ts";
import { waitForLock } from "./lock-wait.ts";
import { prepareParentDir } from "./private-directory.ts";
import { readStateFile } from "./read-state-file.ts";
import { shown } from "./shown-text.ts";
import { writeStateFile } from "./write-state-file.ts";

export interface UpdateStateFileOptions {
  /** Permission bits of the new file, default 0o600. */
  readonly mode?: number;
  /** Default 4 MiB. */
  readonly maxBytes?: number;
  /** What the file is, for messages. */
  readonly what?: string;
  /** How long to wait for another writer, default 10 s. */
  readonly lockWaitMs?: number;
}

/**
 * Reads, changes and writes one file while no other process does the same (`<path>.lock`). `change` gets the text, or
 * undefined when there is no file, and returns the new text, or undefined to leave everything as it is. Resolves with
 * what was written. Throws what reading and writing throw, what `change` throws, and `lock-timeout`.
 */
export async function updateStateFile(
  path: string,
  change: (text: string | undefined) => string | undefined,
  options: UpdateStateFileOptions = {},
): Promise<string | undefined> {
  const { mode, maxBytes, what = "file", lockWaitMs = storeLimits.lockWaitMs } = options;
  prepareParentDir(path);
  const release = await lockFor(path, what, lockWaitMs);
  try {
    const found = readStateFile(path, { what, ...(maxBytes === undefined ? {} : { maxBytes }) });
    const next = change(found.kind === "text" ? found.text : undefined);
    if (next === undefined) return undefined;
    await writeStateFile(path, next, { what, ...(mode === undefined ? {} : { mode }) });
    return next;
  } finally {
    release();
  }
}

async function lockFor(path: string, what: string, waitMs: number): Promise<() => void> {
  const lockFile = `${path}.lock`;
  const outcome = await waitForLock(lockFile, { waitMs, whenHeld: "wait" });
  if (outcome.kind === "held") return outcome.release;
  const pid = outcome.holder?.pid;
  const holder = pid === undefined ? "another process" : `process ${pid}`;
  throw new StoreError(
    "lock-timeout",
    `${holder} has held the ${what} for more than ${waitMs} ms (lock ${shown(lockFile)}); wait for it or stop it, then try again`,
    { path: lockFile, ...(pid === undefined ? {} : { pid }) },
  );
}
