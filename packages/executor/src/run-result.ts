import type { ContainmentKind } from "./containment.ts";
import type { ExecutionFailure } from "./errors.ts";
import type { StreamBytes } from "./output-buffer.ts";
import type { LimitInForce, LimitName } from "./plan-limits.ts";
import type { SpoolReport } from "./spool.ts";

/** How a run ended; one shape for success, failure, time-out, cancel and a start that failed. */
export interface RunResult {
  /** 124 after a time-out; undefined when a signal ended the run or when it never started. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly success: boolean;
  /** Head and tail where the whole is too long, with a mark between them that says how many bytes are missing. */
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: ExecutionFailure | undefined;
  readonly truncated: boolean;
  /** Bytes that the run printed, kept or not. */
  readonly outputBytes: number;
}

/** A result with everything that is known about the run besides what goes over the wire. */
export interface RunReport extends RunResult {
  /** Which time-out it was. */
  readonly timeout: "total" | "idle" | undefined;
  /** A limit that the run ran into, as far as the system tells. */
  readonly limitExceeded: LimitName | undefined;
  readonly limits: readonly LimitInForce[];
  readonly seenBytes: StreamBytes;
  /** Bytes that `stdout` and `stderr` do not show. */
  readonly truncatedBytes: StreamBytes;
  /** Milliseconds from the start to the result. */
  readonly durationMs: number;
  /** How the processes of the run were held together. */
  readonly containment: ContainmentKind;
  /** Something of the run was still there at its end, as far as can be seen cheaply. */
  readonly leftBehind: boolean;
  /** There when a spool was given. */
  readonly spool: SpoolReport | undefined;
}
