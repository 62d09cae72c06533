import type { ErrorShape } from "@openclaw/protocol";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { shownText } from "./shown-text.ts";

interface Waiting {
  readonly method: string;
  readonly resolve: (payload: unknown) => void;
  readonly reject: (error: ConnectionError) => void;
  readonly release: () => void;
}

/** Requests that wait for their answer; every one of them is settled exactly once. */
export class PendingRequests {
  readonly #waiting = new Map<string, Waiting>();
  readonly #limits: Pick<ConnectionLimits, "pendingRequests" | "requestMs">;
  #next = 1;

  constructor(limits: Pick<ConnectionLimits, "pendingRequests" | "requestMs"> = CONNECTION_LIMITS) {
    this.#limits = limits;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(
    method: string,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): { readonly id: string; readonly answer: Promise<unknown> } {
    if (this.#waiting.size >= this.#limits.pendingRequests) {
      throw new ConnectionError(
        "busy",
        `cannot call ${method}: ${this.#waiting.size} requests wait for an answer already`,
        { method },
      );
    }
    const { timeoutMs = this.#limits.requestMs, signal } = options;
    if (signal?.aborted === true) throw givenUp(method);
    const id = String(this.#next);
    this.#next += 1;
    const answer = new Promise<unknown>((resolve, reject) => {
      const onAbort = (): void => this.fail(id, givenUp(method));
      signal?.addEventListener("abort", onAbort, { once: true });
      const timer =
        timeoutMs === 0
          ? undefined
          : setTimeout(
              () =>
                this.fail(
                  id,
                  new ConnectionError("request-timeout", `${method} got no answer in ${timeoutMs} ms`, {
                    method,
                  }),
                ),
              Math.min(timeoutMs, CONNECTION_LIMITS.timerMs),
            );
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      this.#waiting.set(id, { method, resolve, reject, release });
    });
    return { id, answer };
  }

  settle(id: string, payload: unknown): void {
    this.#take(id)?.resolve(payload);
  }

  failWith(id: string, gateway: ErrorShape): void {
    const waiting = this.#take(id);
    waiting?.reject(
      new ConnectionError("request-failed", `${waiting.method}: ${shownText(gateway.message)}`, {
        gateway,
        method: waiting.method,
      }),
    );
  }

  fail(id: string, error: ConnectionError): void {
    this.#take(id)?.reject(error);
  }

  failAll(reason: (method: string) => ConnectionError): void {
    for (const [id, waiting] of this.#waiting) this.fail(id, reason(waiting.method));
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.release();
    return waiting;
  }
}

function givenUp(method: string): ConnectionError {
  return new ConnectionError("aborted", `${method} was given up`, { method });
}
