import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";

import { systemErrorCode } from "./errors.ts";
import { storeLimits } from "./limits.ts";
import { formatLockRecord, readLock } from "./lock-record.ts";
import type { LockRecord } from "./lock-record.ts";
import { identifyProcess, isAlive } from "./process-identity.ts";

export type LockAttempt =
  | { readonly kind: "held"; readonly release: () => void }
  | { readonly kind: "busy"; readonly holder: LockRecord }
  /** Somebody is just writing, taking over or releasing it: try again. */
  | { readonly kind: "retry" };

/** Repeated tries for one lock by one contender. */
export interface LockContender {
  attempt(): LockAttempt;
  /** The second half of an attempt that found a dead lock, whose `key` it has seen. */
  takeOver(key: string): LockAttempt;
}

/** What a contender asks of the system beside plain files. */
export interface LockSystem {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Gives a file a second name. */
  readonly link: (from: string, to: string) => void;
}

/**
 * A lock between processes, as a file that names its holder. It appears complete (hard link of a finished file), and
 * the lock of a dead holder is replaced by rename, never removed and made anew, so that of two contenders one wins.
 */
export function contendForLock(path: string, system: Partial<LockSystem> = {}): LockContender {
  const { now = () => performance.now(), link = linkSync } = system;
  const record: LockRecord = { ...identifyProcess(), nonce: randomBytes(12).toString("hex") };
  const unreadableSince = new Map<string, number>();

  /** A lock without a readable record belongs to somebody for a while, then to nobody. */
  const isAbandoned = (lock: string, key: string): boolean => {
    const since = unreadableSince.get(`${lock} ${key}`);
    if (since === undefined) unreadableSince.set(`${lock} ${key}`, now());
    return since !== undefined && now() - since >= storeLimits.lockUnreadableGraceMs;
  };

  const tryFor = (lock: string, depth: number): LockAttempt => {
    const seen = readLock(lock);
    if (seen === undefined) return publish(lock, record, link) ? held(lock, record) : { kind: "retry" };
    if (seen.record !== undefined && isAlive(seen.record)) return { kind: "busy", holder: seen.record };
    if (seen.record === undefined && !isAbandoned(lock, seen.key)) return { kind: "retry" };
    return depth < storeLimits.lockTakeoverDepth ? takeOver(lock, seen.key, depth) : { kind: "retry" };
  };

  /**
   * Only the holder of the claim on exactly this dead lock may replace it. Claims are locks themselves, so a contender
   * that dies here is taken over in the same way. After the claim is held, the dead lock is looked at once more: a
   * contender that was slow may hold a claim on a lock that is long replaced.
   */
  const takeOver = (lock: string, key: string, depth: number): LockAttempt => {
    const claim = tryFor(`${lock}.${key}`, depth + 1);
    if (claim.kind !== "held") return { kind: "retry" };
    try {
      if (readLock(lock)?.key !== key) return { kind: "retry" };
      const temporary = writeTemporary(lock, record);
      try {
        renameSync(temporary, lock);
      } finally {
        rmSync(temporary, { force: true });
      }
      return held(lock, record);
    } finally {
      claim.release();
    }
  };

  return { attempt: () => tryFor(path, 0), takeOver: (key) => takeOver(path, key, 0) };
}

function held(path: string, record: LockRecord): LockAttempt {
  return {
    kind: "held",
    release: () => {
      if (readLock(path)?.record?.nonce === record.nonce) rmSync(path, { force: true });
    },
  };
}

/** Puts the record there unless something is there already. */
function publish(path: string, record: LockRecord, link: LockSystem["link"]): boolean {
  const temporary = writeTemporary(path, record);
  try {
    link(temporary, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    // Android and some network and removable disks have no hard links.
    return publishInPlace(path, record);
  } finally {
    unlinkSync(temporary);
  }
}

function publishInPlace(path: string, record: LockRecord): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx", 0o600);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(descriptor, formatLockRecord(record));
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  // Stopped for long between making and filling the file, we may have been taken for dead.
  return readLock(path)?.record?.nonce === record.nonce;
}

function writeTemporary(path: string, record: LockRecord): string {
  const temporary = `${path}.${record.nonce}.tmp`;
  try {
    writeFileSync(temporary, formatLockRecord(record), { flag: "wx", mode: 0o600 });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}
