import type { Containment } from "./containment.ts";
import type { DecodeOutput } from "./output-buffer.ts";
import type { OutputFilter } from "./output-path.ts";
import type { RunLimits } from "./plan-limits.ts";
import type { Sandbox } from "./sandbox.ts";
import type { RunSpool } from "./spool.ts";

export interface RunOptions {
  /** Milliseconds; undefined means no limit. What is no number, or below zero, ends the run at once. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds without any output; undefined means no limit. */
  readonly idleTimeoutMs?: number | undefined;
  /** Ends the run when aborted; aborted before, nothing starts. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of stdout and stderr together that the result holds. */
  readonly outputBytes?: number;
  readonly killGraceMs?: number;
  /** Gets the whole output; the program is paused while it cannot keep up. */
  readonly spool?: RunSpool | undefined;
  /** Milliseconds that the spool may take for one piece before the run goes on without it. */
  readonly spoolStallMs?: number | undefined;
  /** Makes text of the output; without it, everything is UTF-8. */
  readonly decode?: DecodeOutput | undefined;
  /** Changes the output before anybody gets it. Made for this run alone. */
  readonly filter?: OutputFilter | undefined;
  /** From `openSandbox()`: the run happens in it, or not at all. */
  readonly sandbox?: Sandbox | undefined;
  readonly limits?: RunLimits | undefined;
  /** From `detectContainment()`; without it, there are no control groups. */
  readonly containment?: Containment | undefined;
  /**
   * Processes that are still there when the program has ended by itself: `keep` lets them be (the default), `end` ends
   * them before the result is given.
   */
  readonly leftovers?: "keep" | "end";
  /** Value of `OPENCLAW_RUN_ID` in the run's environment. It must not be guessable: who carries it is ended with the run. */
  readonly marker?: string | undefined;
  readonly platform?: NodeJS.Platform;
}
