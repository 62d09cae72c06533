import { pairResolvedSchema, parseWith, type EventFrame, type HelloOk } from "@openclaw/protocol";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";

/** Has the Gateway's operator approved this node's commands? */
export type SurfaceState =
  | { readonly stage: "unknown" }
  /** This Gateway has no such approval. */
  | { readonly stage: "not-needed" }
  | { readonly stage: "pending"; readonly requestId?: string }
  | { readonly stage: "approved" }
  | { readonly stage: "rejected" };

/** Reconnect times of Gateways that take an approval in only at the next connect; milliseconds. */
export const SURFACE_DELAYS = {
  first: 5_000,
  second: 20_000,
  every: 60_000,
  quickTries: 12,
  later: 300_000,
} as const;

export interface SurfaceWatchOptions {
  readonly onState: (state: SurfaceState) => void;
  /** Closes the session and connects again. */
  readonly reconnect: () => void;
}

/**
 * Follows the second approval of a node. The newest Gateways tell the node; those of spring
 * 2026 say nothing and need a reconnect (protocol section 4.1); those before have no such approval.
 */
export class SurfaceWatch {
  readonly #options: SurfaceWatchOptions;
  #state: SurfaceState = { stage: "unknown" };
  #timer: NodeJS.Timeout | undefined;
  #reconnects = 0;

  constructor(options: SurfaceWatchOptions) {
    this.#options = options;
  }

  get state(): SurfaceState {
    return this.#state;
  }

  onReady(session: Session): void {
    clearTimeout(this.#timer);
    const era = surfaceEra(session.hello);
    if (era === "none") this.#enter({ stage: "not-needed" });
    else if (era === "told") void this.#probe(session);
    else if (this.#state.stage !== "approved") {
      if (this.#state.stage === "unknown") this.#enter({ stage: "pending" });
      if (era === "reconnect") this.#scheduleReconnect();
    }
  }

  /** An invoke came through: whatever was pending is approved. */
  onInvoke(): void {
    clearTimeout(this.#timer);
    if (this.#state.stage === "pending" || this.#state.stage === "unknown")
      this.#enter({ stage: "approved" });
  }

  onEvent(event: EventFrame): void {
    if (event.event !== "node.pair.resolved") return;
    const resolved = parseWith(pairResolvedSchema, event.payload, event.event);
    if (resolved.ok) this.#enter({ stage: resolved.value.decision === "approved" ? "approved" : "rejected" });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** The newest Gateways refuse this harmless call until the surface is approved, and name the request. */
  async #probe(session: Session): Promise<void> {
    const before = this.#state;
    try {
      await session.request("node.runnerInventory.update", {
        protocolFeatures: [],
        workerHost: { enabled: false },
      });
      this.#enter({ stage: "approved" });
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== "request-failed") return;
      // Told otherwise meanwhile, or refused for a reason that says nothing about approval.
      if (this.#state !== before || !/approv/iu.test(error.message)) return;
      const requestId = /openclaw nodes approve ([\w-]{1,80})/u.exec(error.message)?.[1];
      this.#enter({ stage: "pending", ...(requestId === undefined ? {} : { requestId }) });
    }
  }

  #scheduleReconnect(): void {
    const { first, second, every, quickTries, later } = SURFACE_DELAYS;
    const delay = [first, second][this.#reconnects] ?? (this.#reconnects < quickTries ? every : later);
    this.#reconnects += 1;
    this.#timer = setTimeout(() => this.#options.reconnect(), delay);
  }

  #enter(state: SurfaceState): void {
    const same = state.stage === this.#state.stage && requestIdOf(state) === requestIdOf(this.#state);
    this.#state = state;
    if (!same) this.#options.onState(state);
  }
}

type SurfaceEra = "none" | "reconnect" | "live" | "told";

/** Judged by what the Gateway can do, never by its version, which may read `dev`. */
function surfaceEra(hello: HelloOk): SurfaceEra {
  const { events, methods } = hello.features;
  if (events.includes("node.runnerInventory.changed")) return "told";
  if (hello.protocol >= 4) return "live";
  return methods.includes("node.pending.pull") ? "reconnect" : "none";
}

function requestIdOf(state: SurfaceState): string | undefined {
  return state.stage === "pending" ? state.requestId : undefined;
}
