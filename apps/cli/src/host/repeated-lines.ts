import type { StateLine } from "./state-messages.ts";

/** How long nobody is told again that things are as they were; milliseconds. */
export const REMIND_MS = 600_000;

/** Keeps a Gateway that is down for a night from filling the log: what is said again goes to the debug level. */
export class RepeatedLines {
  readonly #now: () => number;
  #topic: string | undefined;
  #saidAt = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The line, at the level at which it is worth saying now. */
  quieted(line: StateLine): StateLine {
    const { topic } = line;
    if (topic === undefined) {
      // Lines of the debug level tell of single steps, not of a change.
      if (line.level !== "debug") this.#topic = undefined;
      return line;
    }
    const now = this.#now();
    if (topic === this.#topic && now - this.#saidAt < REMIND_MS) return { ...line, level: "debug" };
    this.#topic = topic;
    this.#saidAt = now;
    return line;
  }
}
