import { keepNewest } from "./keep-newest.ts";
import { LIMITS } from "./limits.ts";

/** Counts wrong credentials by remote address; local clients are never counted. */
export interface Lockout {
  /** Milliseconds until the address may try again; undefined when it may try now. */
  lockedFor(address: string | undefined): number | undefined;
  countWrong(address: string | undefined): void;
  forgive(address: string | undefined): void;
}

interface Count {
  wrong: number;
  since: number;
  until: number;
}

export function createLockout(now: () => number): Lockout {
  const counts = new Map<string, Count>();
  return {
    lockedFor: (address) => {
      const count = address === undefined ? undefined : counts.get(address);
      return count !== undefined && count.until > now() ? count.until - now() : undefined;
    },
    countWrong: (address) => {
      if (address === undefined) return;
      const old = counts.get(address);
      const fresh = old === undefined || now() - old.since > LIMITS.lockoutMs;
      const count: Count = fresh ? { wrong: 0, since: now(), until: 0 } : old;
      count.wrong += 1;
      if (count.wrong >= LIMITS.wrongCredentials) count.until = now() + LIMITS.lockoutMs;
      counts.delete(address);
      counts.set(address, count);
      keepNewest(counts, LIMITS.lockoutAddresses);
    },
    forgive: (address) => {
      if (address !== undefined) counts.delete(address);
    },
  };
}
