import { randomUUID } from "node:crypto";
import type { ApprovalDecision } from "@openclaw/protocol";
import type { PromptText, SettledHow, WatchAnswer, WatchEvent } from "./watch-protocol.ts";

export const PROMPT_LIMITS = {
  /** How long a prompt waits for its answer; milliseconds. */
  waitMs: 120_000,
  /** What is kept back of the invoke's time-out for the way to the Gateway; milliseconds. */
  answerRoomMs: 2000,
  /** Prompts that wait at the same time. */
  waiting: 16,
  /** Watchers at the same time. */
  watchers: 8,
  /** UTF-8 bytes of one prompt as JSON; what is longer cannot be shown, and so not be approved. */
  promptBytes: 1_048_576,
} as const;

/** How a prompt ended for the run that waits. */
export type PromptEnd =
  | {
      readonly kind: "answered";
      readonly decision: ApprovalDecision;
      /** The watcher who answered. */
      readonly by: string;
      readonly waitedMs: number;
      /** Tells the watchers what became of the run. */
      readonly report: (outcome: { readonly started: boolean; readonly why?: string }) => void;
    }
  | { readonly kind: "expired" | "withdrawn" | "unwatched" | "crowded"; readonly waitedMs: number };

/** What the owner was asked and said, for the audit. */
export interface OwnerAnswer {
  /** Where the owner was asked. */
  readonly by: "local-watcher";
  /** Which watcher answered; absent when nobody did. */
  readonly watcher?: string;
  readonly answer: ApprovalDecision | "expired" | "withdrawn" | "unwatched" | "crowded";
  readonly waitedMs: number;
}

/** One connected watcher, as the broker sees it. */
export interface Watcher {
  readonly name: string;
  answer(answer: WatchAnswer): void;
  leave(): void;
}

export interface PromptBrokerOptions {
  readonly waitMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Calls `act` later; the result calls it off. */
  readonly schedule?: (act: () => void, ms: number) => () => void;
}

interface Waiting {
  readonly text: PromptText;
  readonly until: number;
  /** Ends the wait; the first call counts. */
  readonly settle: (end: Settled) => void;
}

type Settled =
  | { readonly kind: "answered"; readonly decision: ApprovalDecision; readonly by: string }
  | { readonly kind: "expired" | "withdrawn" | "unwatched" };

type Tell = (event: WatchEvent) => void;

/** Runs that wait for the owner, and the owner's watchers. Every prompt ends exactly once. */
export class PromptBroker {
  readonly #waitMs: number;
  readonly #now: () => number;
  readonly #schedule: (act: () => void, ms: number) => () => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #watchers = new Map<Watcher, Tell>();
  #named = 0;

  constructor({ waitMs = PROMPT_LIMITS.waitMs, now, schedule }: PromptBrokerOptions = {}) {
    this.#waitMs = waitMs;
    this.#now = now ?? (() => performance.now());
    this.#schedule = schedule ?? timer;
  }

  /** Is there anybody who could answer? */
  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** The time that a prompt of an invoke has; milliseconds, not above 0 when there is none. */
  timeFor(invokeTimeoutMs: number): number {
    return Math.min(this.#waitMs, invokeTimeoutMs - PROMPT_LIMITS.answerRoomMs);
  }

  /** Asks every watcher and waits; resolves once, never rejects. */
  async ask(
    text: PromptText,
    wait: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<PromptEnd> {
    if (!this.watched) return { kind: "unwatched", waitedMs: 0 };
    if (wait.signal.aborted) return { kind: "withdrawn", waitedMs: 0 };
    if (wait.ms <= 0) return { kind: "expired", waitedMs: 0 };
    if (this.#waiting.size >= PROMPT_LIMITS.waiting) return { kind: "crowded", waitedMs: 0 };
    const id = randomUUID();
    const begun = this.#now();
    return await new Promise((resolve) => {
      const withdraw = (): void => settle({ kind: "withdrawn" });
      const settle = (end: Settled): void => {
        if (!this.#waiting.delete(id)) return;
        cancel();
        wait.signal.removeEventListener("abort", withdraw);
        this.#tellAll(settledEvent(id, end));
        const waitedMs = Math.round(this.#now() - begun);
        const report: Extract<PromptEnd, { kind: "answered" }>["report"] = (outcome) =>
          this.#tellAll({ event: "outcome", id, ...outcome });
        resolve(end.kind === "answered" ? { ...end, waitedMs, report } : { ...end, waitedMs });
      };
      const cancel = this.#schedule(() => settle({ kind: "expired" }), wait.ms);
      this.#waiting.set(id, { text, until: begun + wait.ms, settle });
      wait.signal.addEventListener("abort", withdraw, { once: true });
      this.#tellAll({ event: "prompt", id, leftMs: wait.ms, ...text });
    });
  }

  /** Tells of a run that cannot be approved here. */
  tellRefused(refused: Omit<Extract<WatchEvent, { event: "refused" }>, "event">): void {
    this.#tellAll({ event: "refused", ...refused });
  }

  /** Takes in a watcher, who hears of all that waits; undefined when there are too many. */
  watch(tell: Tell, name?: string): Watcher | undefined {
    if (this.#watchers.size >= PROMPT_LIMITS.watchers) return undefined;
    this.#named += 1;
    const watcher: Watcher = {
      name: this.#freeName(name),
      answer: (answer) => this.#answer(watcher, answer, tell),
      leave: () => this.#leave(watcher),
    };
    this.#watchers.set(watcher, tell);
    tell({ event: "watching", watcher: watcher.name, waiting: this.#waiting.size });
    const now = this.#now();
    for (const [id, { text, until }] of this.#waiting) {
      tell({ event: "prompt", id, leftMs: Math.max(0, until - now), ...text });
    }
    return watcher;
  }

  /** Names tell watchers apart, so no two are the same. */
  #freeName(wanted: string | undefined): string {
    const taken = [...this.#watchers.keys()].some(({ name }) => name === wanted);
    return wanted === undefined || taken ? `${wanted ?? "watcher"} ${this.#named}` : wanted;
  }

  #answer(watcher: Watcher, { id, decision }: WatchAnswer, tell: Tell): void {
    if (!this.#watchers.has(watcher)) return;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      tell({ event: "error", id, error: "no run waits under this id; it may have ended or been answered" });
    } else if (this.#now() >= waiting.until) {
      // The timer is late; the run is not.
      waiting.settle({ kind: "expired" });
    } else if (decision === "allow-always" && waiting.text.always === null) {
      const why = waiting.text.whyNotAlways ?? "nothing can be added to the allowlist for it";
      tell({ event: "error", id, error: `allow-always is not possible: ${why}` });
    } else {
      waiting.settle({ kind: "answered", decision, by: watcher.name });
    }
  }

  #leave(watcher: Watcher): void {
    if (!this.#watchers.delete(watcher) || this.watched) return;
    for (const { settle } of this.#waiting.values()) settle({ kind: "unwatched" });
  }

  #tellAll(event: WatchEvent): void {
    for (const tell of this.#watchers.values()) tell(event);
  }
}

function settledEvent(id: string, end: Settled): WatchEvent {
  if (end.kind === "answered") {
    return { event: "settled", id, how: "answered", decision: end.decision, by: end.by };
  }
  const how: SettledHow = end.kind === "expired" ? "expired" : "withdrawn";
  return { event: "settled", id, how };
}

function timer(act: () => void, ms: number): () => void {
  const timeout = setTimeout(act, ms);
  return () => clearTimeout(timeout);
}
