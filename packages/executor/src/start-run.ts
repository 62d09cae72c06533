import type { RunPlan } from "@openclaw/protocol";
import type { RunOptions } from "./run-options.ts";
import type { RunReport } from "./run-result.ts";
import { Run } from "./run.ts";

export interface RunHandle {
  readonly pid: number | undefined;
  readonly marker: string;
  readonly result: Promise<RunReport>;
  /** Ends the run with all its processes; the result follows. Does nothing when the program has ended by itself. */
  cancel(): void;
}

/** Starts exactly the plan: no shell, no look-up, closed standard input, a process group of its own. */
export function startRun(plan: RunPlan, options: RunOptions = {}): RunHandle {
  const run = new Run(plan, options);
  return { pid: run.pid, marker: run.marker, result: run.result, cancel: () => run.end("cancelled") };
}
