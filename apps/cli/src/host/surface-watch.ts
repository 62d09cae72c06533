import { pairResolvedSchema, parseWith, type EventFrame, type HelloOk } from "@openclaw/protocol";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import { addedCommands, approvedAfter } from "./approved-commands.ts";

/** Has the Gateway's operator approved this node's commands? */
export type SurfaceState =
  | { readonly stage: "unknown" }
  /** This Gateway has no such approval. */
  | { readonly stage: "not-needed" }
  /** `added`: what was approved before stays, these wait. */
  | { readonly stage: "pending"; readonly requestId?: string; readonly added?: readonly string[] }
  /** This Gateway asks its operator once and never again: what was added later is not granted. */
  | { readonly stage: "not-asked"; readonly added: readonly string[] }
  | { readonly stage: "approved" }
  | { readonly stage: "rejected"; readonly added?: readonly string[] };

/** Reconnect times of Gateways that take an approval in only at the next connect; milliseconds. */
export const SURFACE_DELAYS = {
  first: 5_000,
  second: 20_000,
  every: 60_000,
  quickTries: 12,
  later: 300_000,
} as const;

export interface SurfaceWatchOptions {
  /** The commands that the connect frame carries. */
  readonly declared: readonly string[];
  /** What this Gateway is known to have approved, from earlier starts. */
  readonly approved?: readonly string[] | undefined;
  /** Called when that changes. */
  readonly onApproved?: ((commands: readonly string[]) => void) | undefined;
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
  #era: SurfaceEra = "none";
  #approved: readonly string[] | undefined;
  /** An invoke has shown that there is an approval, whatever it covers. */
  #proven = false;

  constructor(options: SurfaceWatchOptions) {
    this.#options = options;
    this.#approved = options.approved;
  }

  get state(): SurfaceState {
    return this.#state;
  }

  onReady(session: Session): void {
    clearTimeout(this.#timer);
    const era = surfaceEra(session.hello);
    this.#era = era;
    if (era === "none") this.#enter({ stage: "not-needed" });
    else if (era === "told") void this.#probe(session);
    else if (this.#state.stage !== "approved") {
      if (this.#state.stage === "unknown") this.#enter(this.#notYet());
      if (era === "reconnect" && !this.#proven) this.#scheduleReconnect();
    }
  }

  /** An invoke came through: what was pending is approved, unless only older commands are proven by it. */
  onInvoke(command: string): void {
    // Gateways before the newest send these without any approval.
    if (this.#era !== "told" && command.startsWith("system.execApprovals.")) return;
    clearTimeout(this.#timer);
    this.#proven = true;
    const added = this.#added();
    if (added.length > 0 && !added.includes(command)) return;
    const { stage } = this.#state;
    if (stage === "pending" || stage === "unknown" || stage === "not-asked")
      this.#enter({ stage: "approved" });
  }

  onEvent(event: EventFrame): void {
    if (event.event !== "node.pair.resolved") return;
    const resolved = parseWith(pairResolvedSchema, event.payload, event.event);
    if (!resolved.ok) return;
    if (resolved.value.decision === "approved") {
      this.#enter({ stage: "approved" });
      return;
    }
    // A request that a newer one has replaced ends as rejected as well.
    const waiting = requestIdOf(this.#state);
    if (waiting !== undefined && waiting !== resolved.value.requestId) return;
    const added = this.#added();
    this.#enter({ stage: "rejected", ...(added.length === 0 ? {} : { added }) });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** The newest Gateways refuse this harmless call until the surface is approved, and name the request. */
  async #probe(session: Session): Promise<void> {
    const before = this.#state;
    try {
      await session.request("node.runnerInventory.update", { protocolFeatures: [] });
      // Answered as soon as anything is approved: it says nothing about what was added since.
      if (this.#state === before)
        this.#enter(this.#added().length > 0 ? this.#notYet() : { stage: "approved" });
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== "request-failed") return;
      // Told otherwise meanwhile, or refused for a reason that says nothing about approval.
      if (this.#state !== before || !/approv/iu.test(error.message)) return;
      const requestId = /openclaw nodes approve ([\w-]{1,80})/u.exec(error.message)?.[1];
      // Whatever was approved once is gone: the node was removed there.
      this.#approved = undefined;
      this.#enter({ stage: "pending", ...(requestId === undefined ? {} : { requestId }) });
    }
  }

  #scheduleReconnect(): void {
    const { first, second, every, quickTries, later } = SURFACE_DELAYS;
    const delay = [first, second][this.#reconnects] ?? (this.#reconnects < quickTries ? every : later);
    this.#reconnects += 1;
    this.#timer = setTimeout(() => this.#options.reconnect(), delay);
  }

  #added(): readonly string[] {
    return addedCommands(this.#options.declared, this.#approved);
  }

  #notYet(): SurfaceState {
    const added = this.#added();
    if (added.length === 0) return { stage: "pending" };
    return { stage: this.#era === "reconnect" ? "not-asked" : "pending", added };
  }

  #enter(state: SurfaceState): void {
    const same = state.stage === this.#state.stage && requestIdOf(state) === requestIdOf(this.#state);
    this.#state = state;
    if (state.stage === "approved") this.#remember();
    if (!same) this.#options.onState(state);
  }

  #remember(): void {
    const approved = approvedAfter(this.#options.declared, this.#approved);
    if (approved === this.#approved) return;
    this.#approved = approved;
    this.#options.onApproved?.(approved);
  }
}

type SurfaceEra = "none" | "reconnect" | "live" | "told";

/** Judged by what the Gateway can do, never by its version, which may read `dev`. */
export function surfaceEra(hello: HelloOk): SurfaceEra {
  const { events, methods } = hello.features;
  if (events.includes("node.runnerInventory.changed")) return "told";
  if (hello.protocol >= 4) return "live";
  return methods.includes("node.pending.pull") ? "reconnect" : "none";
}

/** Why no command of this node is approved, as far as that is known; empty where some are, or may be. */
export function missingApproval(state: SurfaceState): { readonly why?: string; readonly requestId?: string } {
  if (state.stage === "rejected" && state.added === undefined)
    return { why: "the operator rejected this node's commands" };
  if (state.stage !== "pending" || state.requestId === undefined || state.added !== undefined) return {};
  return { why: "nobody has approved this node's commands yet", requestId: state.requestId };
}

function requestIdOf(state: SurfaceState): string | undefined {
  return state.stage === "pending" ? state.requestId : undefined;
}
