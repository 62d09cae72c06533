import type { Session } from "@openclaw/gateway-connection";
import type { HostLog } from "./host-log.ts";

/** Ended runs that wait for a connection; beyond that the oldest stays untold. */
const WAITING = 64;
/** Gateways of this protocol take the end of a run after a reconnect; later ones go by the connection and drop it. */
const PROTOCOL = 3;

interface LateFinish {
  readonly payload: unknown;
  readonly told: () => void;
}

/**
 * The ends of runs that outlived their connection. Each is told at most once: one that may have been told already is not
 * told again. Source: ours, section 6.
 */
export class LateFinishes {
  readonly #log: HostLog;
  readonly #waiting = new Map<string, Partial<LateFinish>>();
  #current: Session | undefined;

  constructor(log: HostLog) {
    this.#log = log;
  }

  /** Tells it now or after the next hello, if the connection it belongs to is one of those that can be told late. */
  hold(invokeId: string, session: Session, payload: unknown): void {
    if (session.hello.protocol !== PROTOCOL) return;
    this.#waiting.set(invokeId, { payload });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > WAITING && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** The answer of this invoke was not taken; `told` is called when its end is told after all. */
  notTaken(invokeId: string, told: () => void): void {
    const held = this.#waiting.get(invokeId);
    if (held === undefined) return;
    this.#waiting.set(invokeId, { ...held, told });
    void this.#tellAll();
  }

  onReady(session: Session): void {
    this.#current = session;
    void this.#tellAll();
  }

  onEnd(): void {
    this.#current = undefined;
  }

  async #tellAll(): Promise<void> {
    const session = this.#current;
    if (session?.hello.protocol !== PROTOCOL) return;
    const ready = [...this.#waiting].filter(
      (entry): entry is [string, LateFinish] => entry[1].told !== undefined,
    );
    // Taken out before it is sent: what becomes of it on the way, it goes once.
    for (const [invokeId] of ready) this.#waiting.delete(invokeId);
    await Promise.all(ready.map(async ([invokeId, late]) => await this.#tell(session, invokeId, late)));
  }

  async #tell(session: Session, invokeId: string, { payload, told }: LateFinish): Promise<void> {
    try {
      const event = { event: "exec.finished", payloadJSON: JSON.stringify(payload) };
      await session.request("node.event", event);
      told();
      this.#log.info("told the Gateway how a run ended that outlived its connection", { invokeId });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#log.warn("the end of a run that outlived its connection was not taken", { invokeId, error: why });
    }
  }
}
