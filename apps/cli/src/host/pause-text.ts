import type { PauseView } from "./pause.ts";

/** What a refused run is told; the Gateway's clock may be in another zone. */
export function pausedRefusal({ until }: Pick<PauseView, "until">): string {
  const end = until === null ? "it is resumed" : new Date(until).toISOString();
  return `${PAUSED} until ${end}; nothing was run`;
}

/** The same for a call of the browser, of which no Gateway guesses anything. */
export function pausedText({ until }: Pick<PauseView, "until">): string {
  const end = until === null ? "it is resumed" : new Date(until).toISOString();
  return `UNAVAILABLE: the owner has paused this node until ${end}; nothing was done`;
}

/**
 * With the code that says "denied before execution": after any other one a Gateway of 2026.9 tells its agent that
 * the outcome is unknown (exec section 2.4).
 */
const PAUSED = "SYSTEM_RUN_DENIED: the owner has paused this node";

/** The clock on the reader's wall, with the day. */
export function localTime(moment: number): string {
  const date = new Date(moment);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
