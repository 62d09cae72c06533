import type { PageContext } from "./page-route.ts";

type Bounded = Pick<PageContext, "signal">;

export interface ActionBounds {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * What Playwright's actions take: they end at their own time limit, and when the call ends. Only the signal ends them with
 * the call: an own limit that fell together with it would answer now with a failed action, now with a call out of time.
 */
export function actionBounds(context: Bounded, timeoutMs: number): ActionBounds {
  return { timeout: Math.max(1, timeoutMs), signal: context.signal };
}

/** For what cannot be canceled itself: the call goes on without it. Rejects with the signal's reason. */
export async function unlessAborted<Value>(context: Bounded, work: Promise<Value>): Promise<Value> {
  const { signal } = context;
  // Its failure after the call has no one to hear it; the call may be over already.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error("the call is over"));
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

/** A pause that ends with the call. */
export async function pause(context: Bounded, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await unlessAborted(context, over);
  } finally {
    clearTimeout(timer);
  }
}
