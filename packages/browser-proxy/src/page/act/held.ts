import type { Page } from "playwright-core";

import { pause, unlessAborted } from "../within.ts";

/** A key or a button: how it goes down and up, and how it is let go when nobody waits any more. */
interface Press {
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  readonly letGo?: () => Promise<void>;
}

type Button = Parameters<Page["mouse"]["down"]>[0];

export function keyPress({ keyboard }: Page, key: string): Press {
  return { down: () => keyboard.down(key), up: () => keyboard.up(key) };
}

/** Where the pointer is. */
export function buttonPress(page: Page, options: Button): Press {
  const { mouse } = page;
  return { down: () => mouse.down(options), up: () => mouse.up(options), letGo: () => letGo(page, options) };
}

/** Off the page first, as a person who thinks better of it: nothing is clicked and nothing dropped. */
export async function letGo({ mouse }: Page, options?: Button): Promise<void> {
  await mouse.move(-1, -1);
  await mouse.up(options);
}

/**
 * Presses one after the other, waits, and lets them go again, whatever happens. Playwright's own delay does not hear of the
 * end of a call, or leaves down what is down then.
 */
export async function held(
  context: { readonly signal: AbortSignal },
  delayMs: number,
  presses: readonly Press[],
): Promise<void> {
  const { signal } = context;
  const pressed: Press[] = [];
  try {
    for (const press of presses) {
      signal.throwIfAborted();
      pressed.unshift(press);
      await unlessAborted(context, press.down());
    }
    if (delayMs > 0) await pause(context, delayMs);
  } finally {
    const lifting = lift(pressed, signal);
    if (!signal.aborted) await unlessAborted(context, lifting);
  }
}

async function lift(pressed: readonly Press[], signal: AbortSignal): Promise<void> {
  for (const press of pressed)
    await (signal.aborted ? (press.letGo ?? press.up) : press.up)().catch(() => undefined);
}
