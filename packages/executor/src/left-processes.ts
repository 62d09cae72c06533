import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { RUN_LIMITS } from "./limits.ts";
import { selectProcesses } from "./linux-strays.ts";
import { isStillThere, readProcess, readProcesses, runMarkerOf, type KnownProcess } from "./process-table.ts";

/** Processes by the marker of the run that they were started in. */
export type MarkedProcesses = ReadonlyMap<string, readonly KnownProcess[]>;

export interface EndMarkedOptions {
  readonly killGraceMs?: number | undefined;
  /** Aborted, nobody waits for the grace. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The living processes of runs whose marker begins so. Linux only; elsewhere, and where nothing can be read, there are
 * none. Of other users only root sees any.
 */
export async function findMarked(prefix: string): Promise<MarkedProcesses> {
  const found = new Map<string, KnownProcess[]>();
  const sought = Buffer.from(`\0OPENCLAW_RUN_ID=${prefix}`);
  // One for all: a file of /proc has no size, and each would be given as much.
  const room = Buffer.alloc(RUN_LIMITS.environmentPieceBytes);
  let looks = 0;
  for (const pid of pids()) {
    looks += 1;
    // oxlint-disable-next-line no-await-in-loop -- so that many processes hold nothing else up
    if (looks % RUN_LIMITS.looksAtOnce === 0) await turn();
    if (!mentions(pid, sought, room)) continue;
    const seen = readProcess(pid);
    // Asked after its start time is known: the number may be another's by now.
    const marker = runMarkerOf(pid);
    if (seen === undefined || seen.dead || marker?.startsWith(prefix) !== true) continue;
    if (isOurs(pid, (one) => readProcess(one)?.parent)) continue;
    const { startTime } = seen;
    found.set(marker, [...(found.get(marker) ?? []), { pid, startTime }]);
  }
  return found;
}

/**
 * Ends what is left of runs whose host is gone: these processes, what they have started, and who carries one of the
 * markers. SIGTERM, after the grace SIGKILL. Never this process, what it was started by, or what it has started.
 * Gives those that it could not end.
 */
export async function endMarked(
  marked: MarkedProcesses,
  { killGraceMs = RUN_LIMITS.killGraceMs, signal }: EndMarkedOptions = {},
): Promise<readonly KnownProcess[]> {
  let known: readonly KnownProcess[] = [...marked.values()].flat();
  const look = (): readonly KnownProcess[] => {
    const all = readProcesses();
    if (all === undefined) return known.filter(isStillThere);
    const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
    const others = all.filter(({ pid }) => !isOurs(pid, (one) => parents.get(one)));
    const traces = { root: NOBODY, rootIsOurs: false, known, marker: "" };
    return selectProcesses(others, traces, (pid) => marked.has(runMarkerOf(pid) ?? ""));
  };
  known = look();
  for (const name of ["SIGTERM", "SIGCONT"] as const) send(known, name);
  const until = performance.now() + killGraceMs;
  const waits = (): boolean => signal?.aborted !== true && performance.now() < until;
  while (waits() && known.some(isStillThere))
    // oxlint-disable-next-line no-await-in-loop -- the system tells nobody but a parent when a process ends
    await delay(RUN_LIMITS.endPollMs);
  for (let round = 0; round < RUN_LIMITS.killRounds; round += 1) {
    known = look();
    if (known.length === 0) break;
    send(known, "SIGKILL");
    // oxlint-disable-next-line no-await-in-loop -- look after look
    await delay(RUN_LIMITS.endPollMs);
  }
  return known.filter(isStillThere);
}

/** The number of no process, group or session. */
const NOBODY = -1;

/** Whoever stands above or below this process is in use, whatever it was started in. */
function isOurs(pid: number, parentOf: (pid: number) => number | undefined): boolean {
  return isAbove(pid, process.pid, parentOf) || isAbove(process.pid, pid, parentOf);
}

/** Is it this process, its parent, or the parent of that? */
function isAbove(pid: number, below: number, parentOf: (pid: number) => number | undefined): boolean {
  const seen = new Set<number>();
  // The table changes while it is read.
  for (let at: number | undefined = below; at !== undefined && !seen.has(at); at = parentOf(at)) {
    if (at === pid) return true;
    seen.add(at);
  }
  return false;
}

function send(processes: readonly KnownProcess[], name: NodeJS.Signals): void {
  for (const one of processes) {
    if (!isStillThere(one)) continue;
    try {
      process.kill(one.pid, name);
    } catch {
      // Gone, or another user's: who asks is told what is left.
    }
  }
}

function pids(): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid);
  } catch {
    return [];
  }
}

/** Does this stand in the environment of a process? Read piece by piece, the end of one with the next. */
function mentions(pid: number, sought: Buffer, room: Buffer): boolean {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/environ`, "r");
    // As if a variable stood in front of the first one.
    room[0] = 0;
    for (let kept = 1; ;) {
      const read = readSync(file, room, kept, room.length - kept, null);
      const end = kept + read;
      if (room.subarray(0, end).includes(sought)) return true;
      if (read === 0) return false;
      kept = Math.min(sought.length, end);
      room.copyWithin(0, end - kept, end);
    }
  } catch {
    // It has ended, or is another user's.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
