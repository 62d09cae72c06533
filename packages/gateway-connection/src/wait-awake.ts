import { SYSTEM_CLOCKS, type Clocks } from "./pulse.ts";

/** How often a waiting link looks whether the machine slept; milliseconds. */
const LOOK_MS = 5000;
/** A wall clock that goes so far beyond the steady one was set, or the machine slept; milliseconds. */
const JUMP_MS = 10_000;

/**
 * Waits. Time that the machine slept counts; a jump of the clock ends the wait of whoever is `eager`: the network may
 * be another one. Resolves at once when the signal says so.
 */
export async function waitAwake(
  ms: number,
  signal: AbortSignal,
  eager: boolean,
  clocks: Clocks = SYSTEM_CLOCKS,
): Promise<void> {
  const begun = clocks.steady();
  const ahead = clocks.wall() - begun;
  for (;;) {
    const passed = clocks.steady() - begun;
    const jump = clocks.wall() - clocks.steady() - ahead;
    if (eager && Math.abs(jump) > JUMP_MS) return;
    const rest = ms - passed - (jump > JUMP_MS ? jump : 0);
    if (signal.aborted || rest <= 0) return;
    await pause(Math.min(rest, LOOK_MS), signal);
  }
}

/** Waits, but not longer than until the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
