import { availableParallelism, totalmem } from "node:os";

export const SLOT_LIMITS = {
  /** What `maxConcurrentRuns` in node.json may be. */
  concurrent: 128,
  /** Runs that wait for a place. */
  queued: 64,
  /** Of these, runs of one agent: nobody can take all places from everybody else. */
  queuedPerAgent: 32,
} as const;

const GIBIBYTE = 1_073_741_824;

/** Runs at the same time where node.json says nothing: many of them only wait, so more than there are cores. */
export function defaultConcurrentRuns(
  cores: number = availableParallelism(),
  memoryBytes: number = totalmem(),
): number {
  const fit = Math.min(cores * 16, Math.floor((memoryBytes * 4) / GIBIBYTE));
  return Math.max(8, Math.min(SLOT_LIMITS.concurrent, fit));
}

/** Gives a place back; a second call does nothing. */
export type FreeSlot = () => void;

export type SlotRefusal = "full" | "late" | "cancelled";

export type SlotTurn =
  | { readonly ok: true; readonly free: FreeSlot }
  | { readonly ok: false; readonly why: SlotRefusal };

interface Waiter {
  readonly give: (turn: SlotTurn) => void;
}

/** The places for runs of this host. Who waits is served in turn: one of each agent, then the next one of each. */
export class RunSlots {
  readonly limit: number;
  readonly #queuedLimit: number;
  readonly #queuedPerAgent: number;
  /** In the order in which agents have their turn; no queue in it is empty. */
  readonly #queues = new Map<string, Waiter[]>();
  #active = 0;
  #queued = 0;

  constructor(
    limit: number = defaultConcurrentRuns(),
    queue: { readonly queued?: number; readonly queuedPerAgent?: number } = {},
  ) {
    this.limit = limit;
    this.#queuedLimit = queue.queued ?? SLOT_LIMITS.queued;
    this.#queuedPerAgent = queue.queuedPerAgent ?? SLOT_LIMITS.queuedPerAgent;
  }

  get active(): number {
    return this.#active;
  }

  get queued(): number {
    return this.#queued;
  }

  /** A place at once, or undefined. While somebody waits, none is free. */
  take(): FreeSlot | undefined {
    if (this.#active >= this.limit) return undefined;
    this.#active += 1;
    return this.#place();
  }

  /** Waits for a place, at most so many milliseconds. */
  async wait(
    agentId: string | undefined,
    { signal, ms }: { readonly signal: AbortSignal; readonly ms: number },
  ): Promise<SlotTurn> {
    const agent = agentId ?? "";
    const queue = this.#queues.get(agent) ?? [];
    if (signal.aborted) return { ok: false, why: "cancelled" };
    if (this.#queued >= this.#queuedLimit || queue.length >= this.#queuedPerAgent)
      return { ok: false, why: "full" };
    if (!(ms > 0)) return { ok: false, why: "late" };
    return await new Promise<SlotTurn>((resolve) => {
      const leave = (why: SlotRefusal): void => {
        this.#leave(agent, waiter);
        waiter.give({ ok: false, why });
      };
      const cancelled = (): void => leave("cancelled");
      const timer = setTimeout(() => leave("late"), Math.min(ms, LONGEST_TIMER_MS));
      const waiter: Waiter = {
        give: (turn) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", cancelled);
          resolve(turn);
        },
      };
      signal.addEventListener("abort", cancelled, { once: true });
      queue.push(waiter);
      this.#queues.set(agent, queue);
      this.#queued += 1;
    });
  }

  #place(): FreeSlot {
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const next = this.#next();
      if (next === undefined) this.#active -= 1;
      else next.give({ ok: true, free: this.#place() });
    };
  }

  #next(): Waiter | undefined {
    for (const [agent, queue] of this.#queues) {
      const waiter = queue.shift();
      this.#queues.delete(agent);
      // Behind all others.
      if (queue.length > 0) this.#queues.set(agent, queue);
      if (waiter !== undefined) this.#queued -= 1;
      return waiter;
    }
    return undefined;
  }

  #leave(agent: string, waiter: Waiter): void {
    const queue = this.#queues.get(agent);
    const at = queue?.indexOf(waiter) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    this.#queued -= 1;
    if (queue.length === 0) this.#queues.delete(agent);
  }
}

const LONGEST_TIMER_MS = 2_147_483_647;
