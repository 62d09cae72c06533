import type { FileIdentity, SystemRunPlan } from "@openclaw/protocol";
import { LIMITS } from "../limits.ts";

/** A plan that was handed to a Gateway, with what it was bound to. */
export interface PreparedPlan {
  readonly plan: SystemRunPlan;
  /** Name that was looked up through PATH before `argv[0]` became a path. */
  readonly typedName?: string | undefined;
  /** What would run; absent when nothing is bound because no approval is needed. */
  readonly bound?: PreparedBinding | undefined;
}

export interface PreparedBinding {
  readonly executable: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly bindings: readonly FileIdentity[];
  /** SHA-256 of the environment, where the Gateway sent it with the prepare. */
  readonly envHash?: string | undefined;
}

/** The fields that name a plan. */
export interface PlanKey {
  readonly argv: readonly string[];
  readonly cwd: string | null;
  readonly commandText: string;
  readonly agentId: string | null;
  readonly sessionKey: string | null;
}

/** Prepared plans that may still be approved: bounded, each good for one approved run. */
export class PreparedPlans {
  readonly #entries = new Map<string, { readonly prepared: PreparedPlan; readonly until: number }>();
  readonly #now: () => number;
  readonly #limit: number;
  readonly #ttlMs: number;

  /** `now` gives milliseconds that never go back: a clock that is set must not keep a plan alive. */
  constructor(
    options: {
      readonly now?: (() => number) | undefined;
      readonly limit?: number | undefined;
      readonly ttlMs?: number | undefined;
    } = {},
  ) {
    this.#now = options.now ?? (() => performance.now());
    this.#limit = options.limit ?? LIMITS.preparedPlans;
    this.#ttlMs = options.ttlMs ?? LIMITS.preparedPlanTtlMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keeps a plan; the same plan prepared again replaces it, so that one approval is one run. */
  add(prepared: PreparedPlan): void {
    const now = this.#now();
    const key = keyOf(prepared.plan);
    this.#entries.delete(key);
    for (const [old, entry] of this.#entries) {
      // Insertion order is age: the first entry that stays ends the sweep.
      if (entry.until > now && this.#entries.size < this.#limit) break;
      this.#entries.delete(old);
    }
    this.#entries.set(key, { prepared, until: now + this.#ttlMs });
  }

  find(key: PlanKey): PreparedPlan | undefined {
    // On most nodes nothing is ever prepared.
    if (this.#entries.size === 0) return undefined;
    const entry = this.#entries.get(keyOf(key));
    return entry !== undefined && entry.until > this.#now() ? entry.prepared : undefined;
  }

  /** Takes a plan out: an approved run uses it up. */
  consume(key: PlanKey): PreparedPlan | undefined {
    const found = this.find(key);
    this.#entries.delete(keyOf(key));
    return found;
  }
}

function keyOf(key: PlanKey): string {
  return JSON.stringify([key.argv, key.cwd, key.commandText, key.agentId, key.sessionKey]);
}
