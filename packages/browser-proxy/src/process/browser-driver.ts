import { browserProxyLimits } from "../limits.ts";
import type {
  DriverAnswer,
  DriverCall,
  DriverCallEnd,
  FromDriver,
  RunningBrowser,
} from "./driver-messages.ts";
import { DriverProcess } from "./driver-process.ts";
import type { DriverProgram } from "./driver-process.ts";

export interface BrowserDriverOptions extends DriverProgram {
  /** One sentence for the owner, without anything from pages. */
  readonly onLog?: (level: "info" | "warn", sentence: string) => void;
  /** Whenever a browser starts or is gone. */
  readonly onChange?: () => void;
  /** How long a driver without a browser stays, in milliseconds. */
  readonly lingerMs?: number;
  /** What a call gets beyond its own time before the driver counts as dead, in milliseconds. */
  readonly guardMs?: number;
}

/** Why the driver gave no answer. */
export type DriverLoss = "ended" | "silent" | "closed" | "busy";

export type DriverReply =
  | { readonly kind: "answer"; readonly answer: DriverAnswer; readonly end: DriverCallEnd }
  | { readonly kind: "lost"; readonly why: DriverLoss };

export interface DriverCallOptions {
  /** Aborted when nobody waits any more; the page action is cancelled. */
  readonly signal: AbortSignal;
  /** The call's own time, which the driver keeps; in milliseconds. */
  readonly timeoutMs: number;
}

interface Pending {
  /** Who works on it, once somebody does. */
  driver: DriverProcess | undefined;
  readonly reply: (reply: DriverReply) => void;
}

/**
 * The browsers of a host, in a process of their own that is started by the first call and ends with the last browser. A
 * driver that crashes answers what waits for it, and the next call starts a new one.
 */
export class BrowserDriver {
  readonly #options: BrowserDriverOptions;
  readonly #pending = new Map<number, Pending>();
  #process: DriverProcess | undefined;
  /** Resolves when the last process that was told to end is gone: two at once would fight over the user data. */
  #ending: Promise<void> = Promise.resolve();
  #linger: NodeJS.Timeout | undefined;
  #browsers: readonly RunningBrowser[] = [];
  #count = 0;
  #closed = false;

  constructor(options: BrowserDriverOptions) {
    this.#options = options;
  }

  /** Those that run now, as the driver told last. */
  get browsers(): readonly RunningBrowser[] {
    return this.#browsers;
  }

  /** Of the driver process, while there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Has a call answered. Never rejects. */
  async call(call: DriverCall, { signal, timeoutMs }: DriverCallOptions): Promise<DriverReply> {
    if (this.#pending.size >= browserProxyLimits.driverCalls) return { kind: "lost", why: "busy" };
    clearTimeout(this.#linger);
    this.#count += 1;
    const id = this.#count;
    const { guardMs = browserProxyLimits.driverGuardMs } = this.#options;
    let guard: NodeJS.Timeout | undefined;
    const watch = (driver: DriverProcess, ms: number, silent: () => void): void => {
      clearTimeout(guard);
      guard = setTimeout(() => {
        silent();
        this.#drop(driver, "it did not answer a call in time");
      }, ms);
    };
    let cancel = (): void => undefined;
    try {
      return await new Promise<DriverReply>((reply) => {
        const pending: Pending = { driver: undefined, reply };
        this.#pending.set(id, pending);
        const silent = (): void => reply({ kind: "lost", why: "silent" });
        cancel = () => {
          const { driver } = pending;
          if (driver === undefined) return;
          driver.send({ type: "cancel", id });
          watch(driver, guardMs, silent);
        };
        signal.addEventListener("abort", cancel, { once: true });
        const ask = (driver: DriverProcess | undefined): void => {
          pending.driver = driver;
          if (driver === undefined || signal.aborted) reply({ kind: "lost", why: "closed" });
          else {
            driver.send({ type: "call", id, call });
            watch(driver, timeoutMs + guardMs, silent);
          }
        };
        void this.#running().then(ask);
      });
    } finally {
      clearTimeout(guard);
      signal.removeEventListener("abort", cancel);
      this.#pending.delete(id);
    }
  }

  /** Ends the driver with all its browsers; calls that wait are lost. Nothing starts after it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reply } of this.#pending.values()) reply({ kind: "lost", why: "closed" });
    this.#end();
    await this.#ending;
  }

  async #running(): Promise<DriverProcess | undefined> {
    // Several calls may wait for the end of the old one; the first that goes on starts the new one.
    await this.#ending;
    if (this.#closed) return undefined;
    this.#process ??= this.#start();
    return this.#process;
  }

  #start(): DriverProcess {
    const driver: DriverProcess = new DriverProcess(this.#options, {
      onMessage: (message) => {
        if (this.#process === driver) this.#onMessage(message);
      },
      onEnd: (why) => {
        if (this.#process === driver) this.#forget();
        if (why !== undefined) this.#options.onLog?.("warn", `the browser driver is gone: ${why}`);
        for (const pending of this.#pending.values())
          if (pending.driver === driver) pending.reply({ kind: "lost", why: "ended" });
      },
    });
    return driver;
  }

  #onMessage(message: FromDriver): void {
    if (message.type === "answer") {
      const { answer, end } = message;
      this.#pending.get(message.id)?.reply({ kind: "answer", answer, end });
    } else if (message.type === "log") this.#options.onLog?.(message.level, message.sentence);
    else {
      this.#setBrowsers(message.browsers);
      clearTimeout(this.#linger);
      const { lingerMs = browserProxyLimits.driverLingerMs } = this.#options;
      if (message.idle) this.#linger = setTimeout(() => this.#endIdle(), lingerMs);
    }
  }

  #endIdle(): void {
    if (this.#pending.size === 0) this.#end();
  }

  #end(): void {
    const driver = this.#process;
    this.#forget();
    if (driver !== undefined) this.#ending = driver.end();
  }

  #drop(driver: DriverProcess, why: string): void {
    if (this.#process !== driver) return;
    this.#forget();
    this.#ending = driver.kill(why);
  }

  #forget(): void {
    this.#process = undefined;
    clearTimeout(this.#linger);
    this.#setBrowsers([]);
  }

  #setBrowsers(browsers: readonly RunningBrowser[]): void {
    const changed = JSON.stringify(browsers) !== JSON.stringify(this.#browsers);
    this.#browsers = browsers;
    if (changed) this.#options.onChange?.();
  }
}
