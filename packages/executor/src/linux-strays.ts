import { readProcesses, startedWith, type KnownProcess, type SeenProcess } from "./process-table.ts";

/** What is known of a run when its processes are looked for. */
export interface RunTraces {
  /** The first process, which leads the run's own group. */
  readonly root: number;
  /** The first process has not been waited for, so its pid cannot have gone to another one. */
  readonly rootIsOurs: boolean;
  /** Found by an earlier look. */
  readonly known: readonly KnownProcess[];
  /** `NAME=value` that only the processes of this run were started with. */
  readonly marker?: string | undefined;
  /** Clock ticks since the machine started: no process of the run is older. */
  readonly notBefore?: number | undefined;
}

/**
 * The living processes that belong to a run: descendants of its first process, members of groups and sessions
 * that one of them leads, those that carry its marker, and what is left of those known from an earlier look.
 * undefined where the process table cannot be read.
 */
export function processesOfRun(traces: RunTraces): readonly SeenProcess[] | undefined {
  const all = readProcesses();
  return all === undefined ? undefined : selectProcesses(all, traces, startedWith);
}

/** The choice itself, over a table that somebody else has read. */
export function selectProcesses(
  all: readonly SeenProcess[],
  { root, rootIsOurs, known, marker, notBefore = 0 }: RunTraces,
  carries: (pid: number, marker: string) => boolean,
): readonly SeenProcess[] {
  const members = new Map<number, SeenProcess>();
  const leaders = new Set<number>();
  const knownTimes = new Map(known.map(({ pid, startTime }) => [pid, startTime]));
  const take = (process: SeenProcess): void => {
    members.set(process.pid, process);
    leaders.add(process.pid);
  };
  // While a group or a session of this number lives, no process can get the number: so when one has it, it is
  // either ours, or a stranger to whom nothing of ours points.
  const holder = all.find(({ pid }) => pid === root);
  if (holder === undefined || rootIsOurs || knownTimes.get(root) === holder.startTime) leaders.add(root);
  const living = all.filter((process) => !process.dead && Number(process.startTime) >= notBefore);
  for (const process of living) {
    if (process.pid === root && rootIsOurs) take(process);
    else if (knownTimes.get(process.pid) === process.startTime) take(process);
  }
  const grow = (): void => {
    for (let grown = true; grown;) {
      grown = false;
      for (const process of living) {
        if (members.has(process.pid)) continue;
        if (!leaders.has(process.parent) && !leaders.has(process.group) && !leaders.has(process.session))
          continue;
        take(process);
        grown = true;
      }
    }
  };
  grow();
  if (marker === undefined) return [...members.values()];
  // Asked last, because it is what costs most: only the young ones that nothing else ties to the run.
  for (const process of living) {
    if (!members.has(process.pid) && carries(process.pid, marker)) take(process);
  }
  grow();
  return [...members.values()];
}
