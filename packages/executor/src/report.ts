import { failure as failed, type ExecutionFailure } from "./errors.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import type { LimitInForce, LimitName } from "./plan-limits.ts";
import type { CgroupEvents } from "./run-cgroup.ts";
import type { RunReport } from "./run-result.ts";
import { firstLine, hasRun } from "./sandbox.ts";

/** Why a run was ended by us. */
export type EndCause = "timed-out" | "idle" | "cancelled" | "cpu";

/** Everything that is known when a run is over. */
export interface RunEnd {
  /** Undefined when it never started, or could not be ended. */
  readonly exit?:
    | { readonly code: number | undefined; readonly signal: NodeJS.Signals | undefined }
    | undefined;
  readonly failure?: ExecutionFailure | undefined;
  readonly cause: EndCause | undefined;
  /** What the sandbox said; undefined without one. */
  readonly sandboxStatus?: string | undefined;
  readonly output: OutputBuffer;
  readonly durationMs: number;
  readonly limits: readonly LimitInForce[];
  readonly cgroupEvents: CgroupEvents | undefined;
  readonly containment: RunReport["containment"];
  readonly leftBehind?: boolean;
  readonly spool: RunReport["spool"];
}

const TIMED_OUT = 124;

/** The result of a run, from what is known at its end. */
export function report(end: RunEnd): RunReport {
  const { cause, exit } = end;
  const timedOut = cause === "timed-out" || cause === "idle";
  const { stdout, stderr, truncatedBytes } = end.output.keep();
  const seenBytes = end.output.seenBytes;
  const failure = end.failure ?? sandboxFailure(end, stderr);
  return {
    exitCode: timedOut ? TIMED_OUT : failure === undefined ? exit?.code : undefined,
    signal: exit?.signal,
    timedOut,
    cancelled: cause === "cancelled",
    success: exit?.code === 0 && cause === undefined && failure === undefined,
    stdout,
    stderr,
    failure,
    truncated: truncatedBytes.stdout + truncatedBytes.stderr > 0,
    outputBytes: seenBytes.stdout + seenBytes.stderr,
    timeout: timedOut ? (cause === "idle" ? "idle" : "total") : undefined,
    limitExceeded: limitExceeded(end),
    limits: end.limits,
    seenBytes,
    truncatedBytes,
    durationMs: end.durationMs,
    containment: end.containment,
    leftBehind: end.leftBehind === true,
    spool: end.spool,
  };
}

/** A sandbox that could not be made ends like a program that failed; only it knows the difference. */
function sandboxFailure(end: RunEnd, stderr: string): ExecutionFailure | undefined {
  const { sandboxStatus, cause, exit } = end;
  if (sandboxStatus === undefined || cause !== undefined || exit?.code === undefined) return undefined;
  if (hasRun(sandboxStatus)) return undefined;
  const why = firstLine(stderr) ?? "bubblewrap ended without a word";
  return failed("sandbox-unavailable", `the program was not started in its sandbox: ${why}`);
}

/** SIGXCPU as a shell reports it. */
const XCPU_IN_SHELL = 152;

function limitExceeded({ cause, exit, limits, cgroupEvents }: RunEnd): LimitName | undefined {
  if (cause === "cpu") return "cpu";
  if (cgroupEvents?.outOfMemory === true) return "memory";
  const cpu = limits.some(({ name, by }) => name === "cpu" && by === "prlimit");
  if (cpu && (exit?.signal === "SIGXCPU" || exit?.code === XCPU_IN_SHELL)) return "cpu";
  return cgroupEvents?.outOfProcesses === true ? "processes" : undefined;
}
