import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManagedBrowsers } from "../driver/managed-browsers.ts";
import type { ManagedBrowsersOptions } from "../driver/managed-browsers.ts";
import { browserProxyLimits } from "../limits.ts";
import { answerDriverCall } from "./driver-call.ts";
import { readToDriver } from "./driver-messages.ts";
import type { DriverSetup, FromDriver, RunningBrowser, ToDriver } from "./driver-messages.ts";
import { RefusedHostNotes } from "./refused-host-notes.ts";

/** What the driver needs of its process. */
export interface DriverChannel {
  readonly send: (message: FromDriver) => void;
  readonly onMessage: (take: (message: unknown) => void) => void;
  /** The host is gone, or told this process to end. */
  readonly onGone: (end: () => void) => void;
  readonly exit: (code: number) => void;
}

type Browsers = Pick<ManagedBrowsers, "call" | "status" | "idle" | "close">;

export interface ServeDriverOptions {
  readonly channel?: DriverChannel;
  readonly open?: (options: ManagedBrowsersOptions) => Browsers;
  /** Default `<temporary directory>/openclaw/uploads`. */
  readonly uploadsDir?: string;
}

/**
 * The driver process: takes calls over its channel, answers each once, and ends with its browsers when the host says so or
 * is gone.
 */
export function serveDriver(options: ServeDriverOptions = {}): void {
  const { channel = processChannel(), open = (more) => new ManagedBrowsers(more) } = options;
  const { uploadsDir = join(tmpdir(), "openclaw", "uploads") } = options;
  const calls = new Map<number, AbortController>();
  let setup: DriverSetup | undefined;
  let browsers: Browsers | undefined;
  let ending = false;

  const tellState = (): void => {
    if (browsers === undefined) return;
    const idle = browsers.idle && calls.size === 0;
    channel.send({ type: "state", idle, browsers: runningOnes(browsers) });
  };
  const begin = (given: DriverSetup): void => {
    setup = given;
    const refused = new RefusedHostNotes((sentence) =>
      channel.send({ type: "log", level: "info", sentence }),
    );
    browsers = open({
      ...given,
      uploadsDir,
      onLog: (level, sentence) =>
        channel.send({
          type: "log",
          level,
          sentence: sentence.slice(0, browserProxyLimits.driverSentenceChars),
        }),
      onEgress: (record) => refused.note(record),
      onChange: tellState,
    });
  };
  const answer = async ({ id, call }: ToDriver & { readonly type: "call" }): Promise<void> => {
    if (setup === undefined || browsers === undefined) return;
    const cancel = new AbortController();
    calls.set(id, cancel);
    const world = { browsers, config: setup.config, uploadsDir };
    const result = await answerDriverCall(call, cancel.signal, world).finally(() => calls.delete(id));
    channel.send({ type: "answer", id, ...result });
    tellState();
  };
  const end = (): void => {
    if (ending) return;
    ending = true;
    const late = setTimeout(() => channel.exit(1), browserProxyLimits.driverCloseMs);
    void (browsers?.close() ?? Promise.resolve()).finally(() => {
      clearTimeout(late);
      channel.exit(0);
    });
  };

  channel.onGone(end);
  channel.onMessage((given) => {
    const message = readToDriver(given);
    if (message === undefined || ending) return;
    if (message.type === "setup") begin(message.setup);
    else if (message.type === "call") void answer(message);
    else if (message.type === "cancel") calls.get(message.id)?.abort();
    else end();
  });
}

function runningOnes(browsers: Browsers): readonly RunningBrowser[] {
  return browsers
    .status()
    .filter(({ running }) => running)
    .slice(0, browserProxyLimits.driverBrowsers)
    .map(({ profile, pid, tabs, sinceMs }) => ({ profile, pid, tabs, sinceMs }));
}

/** The channel to the process that started this one. An interrupt of the terminal is the host's business. */
function processChannel(): DriverChannel {
  return {
    send: (message) => {
      // What cannot be sent has nobody to read it any more; the closed channel is noticed by itself.
      if (process.connected) process.send?.(message, () => undefined);
    },
    onMessage: (take) => process.on("message", take),
    onGone: (end) => {
      process.on("SIGINT", () => undefined);
      process.on("SIGHUP", () => undefined);
      process.once("SIGTERM", end);
      process.once("disconnect", end);
      if (!process.connected) end();
    },
    exit: (code) => process.exit(code),
  };
}
