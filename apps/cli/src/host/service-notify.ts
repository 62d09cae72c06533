import type { LinkState } from "@openclaw/gateway-connection";
import { printable } from "../output/printable.ts";
import type { StatusDocument } from "./host-status.ts";
import { LinkProgress } from "./link-progress.ts";
import { openNotifyChannel, type NotifyChannel } from "./notify-channel.ts";
import { serviceStatusText } from "./status-text.ts";

/** Limits of what the service manager is told. */
export const NOTIFY_LIMITS = {
  /** Between two status texts, in milliseconds. */
  statusGapMs: 1_000,
  /** UTF-16 units of a status text. */
  statusChars: 300,
  /** Shortest time between two beats, in milliseconds. */
  beatMs: 250,
  /** The longest time that a timer can hold, in milliseconds. */
  timerMs: 2_147_483_647,
} as const;

/** The host's side of the service manager's protocol (sd_notify). */
export interface ServiceNotify {
  /** Everything local is in place; the Gateway may still be away. */
  ready(): void;
  /** Something in the status may be new. */
  changed(): void;
  stopping(): void;
  close(): void;
}

export interface ServiceNotifyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly status: () => StatusDocument;
  readonly link: () => LinkState;
  readonly onProblem: (problem: string) => void;
  readonly channel?: NotifyChannel | undefined;
  readonly progress?: LinkProgress;
}

/** Undefined when nobody waits for a word of ours. */
export function openServiceNotify(options: ServiceNotifyOptions): ServiceNotify | undefined {
  const channel = options.channel ?? openNotifyChannel(options.env, options.onProblem);
  if (channel === undefined) return undefined;
  const progress = options.progress ?? new LinkProgress();
  let told = "";
  let pause: NodeJS.Timeout | undefined;
  let beats: NodeJS.Timeout | undefined;
  let stalled = false;

  const status = (): string => {
    const { link, surface, gateway } = options.status();
    return printable(serviceStatusText(link, surface, gateway)).slice(0, NOTIFY_LIMITS.statusChars);
  };
  const tell = (): void => {
    const text = status();
    if (text === told) return;
    told = text;
    channel.send({ STATUS: text });
    pause = setTimeout(() => {
      pause = undefined;
      tell();
    }, NOTIFY_LIMITS.statusGapMs).unref();
  };
  /** A beat says that the host works, not only that its process exists. */
  const beat = (): void => {
    const alive = progress.isAlive(options.link());
    if (alive) channel.send({ WATCHDOG: "1" });
    else if (!stalled)
      options.onProblem(
        "the connection has made no progress for too long; the service manager's watchdog is not fed any more and will restart this host",
      );
    stalled = !alive;
  };
  return {
    ready: () => {
      told = status();
      channel.send({ READY: "1", STATUS: told });
      const every = beatEvery(options.env);
      if (every === undefined) return;
      beat();
      beats = setInterval(beat, every).unref();
    },
    changed: () => {
      progress.isAlive(options.link());
      if (pause === undefined && told !== "") tell();
    },
    stopping: () => {
      clearTimeout(pause);
      told = "";
      channel.send({ STOPPING: "1", STATUS: "stopping" });
    },
    close: () => {
      clearTimeout(pause);
      clearInterval(beats);
    },
  };
}

/** Half of what the service manager allows, in milliseconds; undefined when this process has no watchdog. */
export function beatEvery(
  env: Readonly<Record<string, string | undefined>>,
  pid: number = process.pid,
): number | undefined {
  const { WATCHDOG_USEC: microseconds, WATCHDOG_PID: watched } = env;
  if (watched !== undefined && watched !== String(pid)) return undefined;
  if (microseconds === undefined || !/^\d{1,18}$/u.test(microseconds)) return undefined;
  const half = Math.floor(Number(microseconds) / 2000);
  if (half === 0) return undefined;
  return Math.min(NOTIFY_LIMITS.timerMs, Math.max(NOTIFY_LIMITS.beatMs, half));
}
