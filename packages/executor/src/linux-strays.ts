import { readdirSync, readFileSync } from "node:fs";

/** A process by its pid and its start time, which together never name two processes. */
export interface KnownProcess {
  readonly pid: number;
  readonly startTime: string;
}

interface SeenProcess extends KnownProcess {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/**
 * The living processes that belong to a run: descendants of its first process, members of groups and sessions
 * that one of them leads, and what is left of those known from an earlier look. Empty where there is no /proc.
 * `rootIsOurs`: the first process has not been waited for, so its pid cannot have gone to another one.
 */
export function processesOfRun(
  root: number,
  known: readonly KnownProcess[],
  rootIsOurs: boolean,
): readonly KnownProcess[] {
  const all = readProcesses();
  const members = new Map<number, SeenProcess>();
  const leaders = new Set([root]);
  const take = (process: SeenProcess): void => {
    members.set(process.pid, process);
    leaders.add(process.pid);
  };
  for (const process of all) {
    if (known.some(({ pid, startTime }) => pid === process.pid && startTime === process.startTime))
      take(process);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const process of all) {
      if (members.has(process.pid)) continue;
      const { pid, parent, group, session } = process;
      const isRoot = pid === root && rootIsOurs;
      if (!isRoot && !leaders.has(parent) && !leaders.has(group) && !leaders.has(session)) continue;
      take(process);
      grown = true;
    }
  }
  return [...members.values()];
}

function readProcesses(): readonly SeenProcess[] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (!/^[1-9][0-9]*$/u.test(name)) return [];
    try {
      return parseStat(Number(name), readFileSync(`/proc/${name}/stat`, "latin1"));
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
}

/** The program's name stands in parentheses and may hold blanks and parentheses itself. */
export function parseStat(pid: number, stat: string): SeenProcess[] {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (startTime === undefined || state === "Z" || state === "X") return [];
  return [{ pid, startTime, parent: Number(parent), group: Number(group), session: Number(session) }];
}
