import { setTimeout as pause } from "node:timers/promises";

import { storeLimits } from "./limits.ts";
import { contendForLock } from "./lock-file.ts";
import type { LockRecord } from "./lock-record.ts";
import { writeFailure } from "./write-failure.ts";

export type LockOutcome =
  | { readonly kind: "held"; readonly release: () => void }
  | { readonly kind: "refused"; readonly holder: LockRecord | undefined };

export interface LockWait {
  readonly waitMs: number;
  /** Whether a living holder is waited for or ends the wait at once. */
  readonly whenHeld: "wait" | "fail";
}

/** Tries until the lock is held, refused, or the time is over. System errors come out as StoreError. */
export async function waitForLock(lockFile: string, wait: LockWait): Promise<LockOutcome> {
  const giveUpAt = performance.now() + wait.waitMs;
  try {
    const contender = contendForLock(lockFile);
    for (;;) {
      const attempt = contender.attempt();
      if (attempt.kind === "held") return attempt;
      const holder = attempt.kind === "busy" ? attempt.holder : undefined;
      const final = holder !== undefined && wait.whenHeld === "fail";
      if (final || performance.now() >= giveUpAt) return { kind: "refused", holder };
      await pause(storeLimits.lockRetryMs * (1 + Math.random()));
    }
  } catch (error) {
    throw writeFailure(error, lockFile, "take the lock");
  }
}
