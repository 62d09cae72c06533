import { readdirSync, readFileSync } from "node:fs";
import { uptime } from "node:os";
import { systemCode } from "./errors.ts";

/** A process by its pid and its start time, which together never name two processes. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the machine started, as the kernel writes it. */
  readonly startTime: string;
}

export interface SeenProcess extends KnownProcess {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ended, and only not waited for yet. */
  readonly dead: boolean;
}

/** All processes of this machine; undefined where there is no /proc, or nothing left to read it with. */
export function readProcesses(): readonly SeenProcess[] | undefined {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return undefined;
  }
  const all: SeenProcess[] = [];
  for (const name of names) {
    const first = name.charCodeAt(0);
    if (first < 0x31 || first > 0x39) continue;
    try {
      const seen = parseStat(Number(name), readFileSync(`/proc/${name}/stat`, "latin1"));
      if (seen !== undefined) all.push(seen);
    } catch (error) {
      // Without a free descriptor every process looks as if it had ended between the two looks.
      const code = systemCode(error);
      if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") return undefined;
    }
  }
  return all;
}

/** The program's name stands in parentheses and may hold blanks and parentheses itself. */
export function parseStat(pid: number, stat: string): SeenProcess | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 20);
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (startTime === undefined) return undefined;
  return {
    pid,
    startTime,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    dead: state === "Z" || state === "X",
  };
}

/** One process; undefined when it is gone. */
export function readProcess(pid: number): SeenProcess | undefined {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}

/** The kernel counts start times in hundredths of a second, on every architecture. */
const TICKS = 100;

/** A moment of `performance.now()` as a start time of the kernel, less so many seconds. */
export function ticksAt(moment: number, slack: number): number {
  return (uptime() - (performance.now() - moment) / 1000 - slack) * TICKS;
}

/** Does this process still live, and is it still the same one? */
export function isStillThere({ pid, startTime }: KnownProcess): boolean {
  try {
    const seen = parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"));
    return seen !== undefined && !seen.dead && seen.startTime === startTime;
  } catch (error) {
    return systemCode(error) === "EMFILE" || systemCode(error) === "ENFILE";
  }
}

/** Was a process started with this variable? Only those of the same user can be asked. */
export function startedWith(pid: number, variable: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${variable}\0`);
  } catch {
    return false;
  }
}

/** The number that the kernel gave to the process or thread that was started last. */
export function lastPid(): number | undefined {
  try {
    return Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
  } catch {
    return undefined;
  }
}

/** The run that a process says it belongs to. */
export function runMarkerOf(pid: number): string | undefined {
  try {
    return /(?:^|\0)OPENCLAW_RUN_ID=([^\0]*)/u.exec(readFileSync(`/proc/${pid}/environ`, "latin1"))?.[1];
  } catch {
    return undefined;
  }
}

/** Can processes be found on this machine, and asked for their environment? */
export function isTableReadable(): boolean {
  try {
    const own = parseStat(process.pid, readFileSync("/proc/self/stat", "latin1"));
    readFileSync("/proc/self/environ");
    return own !== undefined;
  } catch {
    return false;
  }
}
