import type { EraRules } from "./era.ts";
import { LIMITS } from "./limits.ts";

/** A code that lets one machine in without an operator. Source: setup codes. */
export interface SetupCode {
  /** What a join URL ends with. */
  readonly shortCode: string;
  readonly bootstrapToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface SetupCodes {
  issue(): SetupCode;
  /** What a join URL gives, once. */
  fetch(shortCode: string): SetupCode | undefined;
  /** Lets one connect through, once. */
  use(bootstrapToken: string): boolean;
}

export interface SetupCodeParts {
  readonly rules: EraRules;
  readonly now: () => number;
  readonly newToken: () => string;
}

/** Only the newest era makes such codes; they do not outlive the process. */
export function createSetupCodes({ rules, now, newToken }: SetupCodeParts): SetupCodes {
  const unfetched = new Map<string, SetupCode>();
  const unused = new Map<string, SetupCode>();
  const take = (from: Map<string, SetupCode>, key: string): SetupCode | undefined => {
    const code = from.get(key);
    from.delete(key);
    return code === undefined || code.expiresAtMs <= now() ? undefined : code;
  };
  return {
    issue: () => {
      const code = {
        shortCode: newToken().slice(0, 22),
        bootstrapToken: newToken(),
        expiresAtMs: now() + LIMITS.setupCodeMs,
      };
      if (rules.setupCodes) {
        unfetched.set(code.shortCode, code);
        unused.set(code.bootstrapToken, code);
      }
      return code;
    },
    fetch: (shortCode) => take(unfetched, shortCode),
    use: (bootstrapToken) => take(unused, bootstrapToken) !== undefined,
  };
}
