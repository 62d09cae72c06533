import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";

import { browserProxyLimits } from "../limits.ts";
import { fromDriverSchema } from "./from-driver.ts";
import type { DriverSetup, FromDriver, ToDriver } from "./driver-messages.ts";
import { placeOfCrash } from "./place-of-crash.ts";

export interface DriverProgram {
  /** The program of the driver process. */
  readonly entry: string;
  /** The whole environment of the driver: nothing of the host's own is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly setup: DriverSetup;
}

interface DriverListener {
  readonly onMessage: (message: FromDriver) => void;
  /** Once, when the process is gone; `why` is a sentence for the owner, undefined when it was told to end. */
  readonly onEnd: (why: string | undefined) => void;
}

/** One driver process from its start to its end. It ends when its channel does, whatever becomes of the host. */
export class DriverProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #told = false;
  /** Why we killed it. */
  #fault: string | undefined;
  #lastWords = "";

  constructor(program: DriverProgram, listener: DriverListener) {
    this.#child = fork(program.entry, [], {
      env: { ...program.env },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // Not the serializer that can make objects of any kind: what comes back was near hostile pages.
      serialization: "json",
    });
    this.#ended = new Promise((resolve) => {
      const over = (why: string): void => {
        listener.onEnd(this.#told ? undefined : (this.#fault ?? why));
        resolve();
      };
      this.#child.once("error", (error: NodeJS.ErrnoException) => {
        // Also for a message that could not be sent; only a process that never was does not exit.
        if (this.#child.pid === undefined) over(`it could not be started (${error.code ?? error.name})`);
      });
      this.#child.once("exit", (code, signal) => over(this.#endText(code, signal)));
    });
    this.#child.on("message", (message: unknown) => {
      if (this.#fault !== undefined) return;
      const read = fromDriverSchema.safeParse(message);
      if (read.success) listener.onMessage(read.data);
      else void this.kill("it said something that cannot be read");
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-browserProxyLimits.driverLastWords);
    });
    this.send({ type: "setup", setup: program.setup });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToDriver): void {
    // A channel that is closed means that the process ends: that is told by `onEnd`.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** At once; its browsers end with the pipes that they are spoken to over. Resolves when it is gone. */
  async kill(why: string): Promise<void> {
    this.#fault ??= why;
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Has it close its browsers and end; kills it when that takes too long. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#told = true;
    this.send({ type: "close" });
    const late = setTimeout(() => this.#child.kill("SIGKILL"), browserProxyLimits.driverCloseMs);
    await this.#ended;
    clearTimeout(late);
  }

  #endText(code: number | null, signal: NodeJS.Signals | null): string {
    const place = placeOfCrash(this.#lastWords);
    const how = signal === null ? `exit code ${String(code)}` : signal;
    return `it ended unexpectedly (${how}${place === undefined ? "" : `, ${place}`})`;
  }
}
