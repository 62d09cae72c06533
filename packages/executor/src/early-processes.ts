import { readProcess, runMarkerOf, ticksAt } from "./process-table.ts";

export interface EarlyRun {
  readonly root: number;
  /** Value of `OPENCLAW_RUN_ID` in the run's environment. */
  readonly marker: string;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
}

/** Seconds between two clocks that are read one after the other. */
const SLACK = 0.05;

/**
 * Which of the processes in the host's own control group a run has started before it was moved into its own one. The
 * host itself and its other helpers are there too, and the first moments of other runs.
 */
export function earlyProcesses(inMain: readonly number[], run: EarlyRun): readonly number[] {
  const others = inMain.filter((pid) => pid !== process.pid && pid !== run.root);
  if (others.length === 0) return [];
  const here = new Set(others);
  const notBefore = ticksAt(run.startedAt, SLACK);
  return others.filter((pid) => isOfRun(pid, run, here, notBefore));
}

function isOfRun(pid: number, run: EarlyRun, here: ReadonlySet<number>, notBefore: number): boolean {
  for (let at = pid; ;) {
    const seen = readProcess(at);
    if (seen === undefined || seen.dead || Number(seen.startTime) < notBefore) return false;
    if (seen.parent === run.root || seen.group === run.root) return true;
    // Another child of the host, or what such a one has started.
    if (seen.parent === process.pid) return false;
    // An orphan: its parent is gone, and somebody outside has taken it. Without any marker it hides, so it is taken too.
    if (!here.has(seen.parent)) return (runMarkerOf(pid) ?? run.marker) === run.marker;
    at = seen.parent;
  }
}
