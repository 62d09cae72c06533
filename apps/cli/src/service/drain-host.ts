import type { StatePaths } from "@openclaw/config-store";
import * as z from "zod/mini";
import { DRAIN_METHOD } from "../host/control-methods.ts";
import { openControlStream, type ControlStreamClient } from "../host/control-stream-client.ts";
import { notRunning, tooOld } from "./tell-host.ts";

/** A run as the host tells of it. */
export interface RunningRun {
  readonly runId: string;
  readonly agentId?: string | undefined;
  readonly command: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const runSchema: z.ZodMiniType<RunningRun> = z.object({
  runId: z.string(),
  agentId: z.optional(z.string()),
  command: z.string(),
  startedAt: z.number(),
});
const runsSchema = z.object({ event: z.literal("runs"), runs: z.array(runSchema) });

export interface DrainEnd {
  readonly how: "drained" | "timeout" | "interrupted";
  /** What still runs. */
  readonly runs: readonly RunningRun[];
}

/**
 * Waits until nothing runs on the host; `onRuns` hears of each change. A host that ends has nothing that runs.
 * Throws `not-running` and `not-supported`.
 */
export async function drainHost(
  paths: Pick<StatePaths, "controlSocket" | "stateDir">,
  options: {
    readonly timeoutMs: number | undefined;
    readonly signal: AbortSignal;
    readonly onRuns: (runs: readonly RunningRun[]) => void;
  },
): Promise<DrainEnd> {
  const { timeoutMs, signal, onRuns } = options;
  let timer: NodeJS.Timeout | undefined;
  let client: ControlStreamClient | undefined;
  let runs: readonly RunningRun[] = [];
  let interrupt = (): void => undefined;
  try {
    return await new Promise<DrainEnd>((resolve, reject) => {
      let heard = false;
      interrupt = () => resolve({ how: "interrupted", runs });
      signal.addEventListener("abort", interrupt, { once: true });
      if (signal.aborted) interrupt();
      if (timeoutMs !== undefined) timer = deadline(timeoutMs, () => resolve({ how: "timeout", runs }));
      client = openControlStream(
        paths.controlSocket,
        { method: DRAIN_METHOD },
        {
          onMessage: (message) => {
            const told = runsSchema.safeParse(message);
            if (!told.success) {
              if (!heard) reject(tooOld());
              return;
            }
            heard = true;
            ({ runs } = told.data);
            onRuns(runs);
            if (runs.length === 0) resolve({ how: "drained", runs });
          },
          onEnd: () => {
            if (heard) resolve({ how: "drained", runs: [] });
            else reject(notRunning(paths));
          },
        },
      );
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", interrupt);
    client?.close();
  }
}

/** The longest delay of a timer; milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647;

function deadline(ms: number, over: () => void): NodeJS.Timeout {
  return setTimeout(over, Math.min(ms, LONGEST_TIMER_MS));
}
