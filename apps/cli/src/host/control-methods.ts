import * as z from "zod/mini";
import type { ActiveRuns } from "./active-runs.ts";
import type { OpenControlStream } from "./control-socket.ts";
import type { StatusDocument } from "./host-status.ts";
import type { NodePause } from "./pause.ts";
import { PAUSE_LIMITS } from "./pause-file.ts";

/** The stream that tells what still runs, until nothing does. */
export const DRAIN_METHOD = "drain";

/** Asks for a dry run by this very host; check-protocol.ts has its shapes. */
export const CHECK_METHOD = "approvals.check";

/** Asks what runs of this very host get; run-environment-view.ts has the shape of the answer. */
export const ENV_METHOD = "env";

export interface ControlServices {
  readonly status: () => StatusDocument;
  readonly pause: NodePause;
  readonly active: ActiveRuns;
  /** Answers `approvals.check`. */
  readonly check: (params: unknown) => Promise<object>;
  /** Answers `env`. */
  readonly env: () => Promise<object>;
  /** Stops the host, as a signal would. */
  readonly stop: () => void;
}

const pauseParamsSchema = z.object({
  forMs: z.optional(z.int().check(z.minimum(1), z.maximum(PAUSE_LIMITS.forMs))),
  keep: z.optional(z.boolean()),
});

/** What local commands may ask and tell this host, one answer each. Documented in docs/operating.md. */
export function controlMethods(
  services: ControlServices,
): (method: string, params: unknown) => Promise<unknown> | object {
  const { pause } = services;
  return (method, params) => {
    switch (method) {
      case "status":
        return services.status();
      case CHECK_METHOD:
        return services.check(params);
      case ENV_METHOD:
        return services.env();
      case "pause":
        return startPause(pause, params);
      case "resume":
        return pause.resume().then((resumed) => ({ ok: true, resumed }));
      case "stop":
        services.stop();
        return { ok: true };
      default:
        return { ok: false, error: "unknown method" };
    }
  };
}

async function startPause(pause: NodePause, params: unknown): Promise<object> {
  const wish = pauseParamsSchema.safeParse(params ?? {});
  if (!wish.success)
    return {
      ok: false,
      error: "params must be an object; `forMs` is a number of milliseconds, `keep` a boolean",
    };
  try {
    return { ok: true, paused: await pause.pause(wish.data) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, error: `paused, but not over a restart: ${why}` };
  }
}

/** Tells what runs, now and at each change. The client hangs up when it has seen enough. */
export function serveDrain(active: ActiveRuns): OpenControlStream {
  return (stream) => {
    const tell = (): void => stream.send({ event: "runs", runs: active.list() });
    const over = active.onChange(tell);
    tell();
    return { onMessage: () => undefined, onClose: over };
  };
}
