import type { StatePaths } from "@openclaw/config-store";
import type { CommandIo } from "../command.ts";
import type { PauseView } from "../host/pause.ts";
import { localTime } from "../host/pause-text.ts";
import { timeAgo } from "../output/time-ago.ts";
import { readPause } from "./host-answer.ts";
import { say } from "./say.ts";
import { tellHost } from "./tell-host.ts";

/** Pauses the running host. Throws what `tellHost` throws. */
export async function pauseHost(
  paths: StatePaths,
  wish: { readonly forMs?: number | undefined; readonly keep: boolean },
): Promise<PauseView> {
  const { paused } = await tellHost(paths, "pause", wish);
  return readPause(paused) ?? { since: Date.now(), until: null, keep: wish.keep };
}

export function sayPaused({ until, keep }: PauseView, io: CommandIo): void {
  const end = until === null ? "" : ` until ${localTime(until)} (${timeAgo(until, Date.now())})`;
  say(io, `Paused${end}: no new run starts; what runs goes on.`);
  if (!keep) say(io, "A restart of the host ends the pause (--keep holds it).");
  say(io, "Resume with: openclaw node resume");
}
