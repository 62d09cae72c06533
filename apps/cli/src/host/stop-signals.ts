import { EXIT } from "../exit-codes.ts";
import type { HostLog } from "./host-log.ts";

/** SIGHUP comes when the terminal is closed: the runs of this host must not outlive it then either. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** What may still hold the process after everything is closed, as a child that cannot be killed; milliseconds. */
const LINGER_MS = 100;

export interface StopWatch {
  /** Stops the host as a signal would. */
  stop(why: string): void;
  /** Call when everything is closed. */
  over(): void;
}

/**
 * A signal stops the host, politely and within bounds. A second one changes nothing: ended at once, the host
 * would leave its runs behind.
 */
export function stopOnSignals(host: { stop(): Promise<void> }, log: HostLog): StopWatch {
  let asked = false;
  const stop = (why: string): void => {
    log.info(asked ? `${why}; still stopping, it takes 3 s at most` : `${why}; stopping`);
    asked = true;
    void host.stop();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => stop(`${signal} received`));
  return {
    stop,
    over: () => {
      if (asked) setTimeout(() => process.exit(EXIT.ok), LINGER_MS).unref();
    },
  };
}
