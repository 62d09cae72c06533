import { parseWith, shutdownNoticeSchema, type EventFrame, type ShutdownNotice } from "@openclaw/protocol";
import { isPresent, type ClientProfile, type ConnectCredential } from "./connect-frame.ts";
import type { DeviceIdentity } from "./device-identity.ts";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import type { ConnectionLimits } from "./limits.ts";
import { nextLinkStep } from "./link-policy.ts";
import {
  initialLinkMemory,
  memoryAfterHello,
  type LinkMemory,
  type LinkOutcome,
  type WaitCause,
} from "./link-step.ts";
import { initialLinkState, nextLinkState, type LinkEvent } from "./link-machine.ts";
import type { LinkState } from "./link-state.ts";
import type { GatewayWay } from "./open-socket.ts";
import type { Clocks } from "./pulse.ts";
import { openSession, type Session } from "./session.ts";
import { waitAwake } from "./wait-awake.ts";

/**
 * Where credentials and the device token come from; read again before each attempt. An empty text counts as
 * none. A rejection closes the link and ends `run` with it, so what need not end the host is caught here.
 */
export interface CredentialSource {
  configured(): Promise<ConnectCredential>;
  deviceToken(): Promise<string | undefined>;
  saveDeviceToken(token: string, scopes: readonly string[]): Promise<void>;
  dropDeviceToken(): Promise<void>;
}

export interface LinkOptions {
  readonly endpoint: GatewayEndpoint;
  readonly profile: ClientProfile;
  readonly identity: DeviceIdentity;
  readonly credentials: CredentialSource;
  readonly everReady: boolean;
  readonly onEvent: (event: EventFrame, session: Session) => void;
  readonly onState: (state: LinkState) => void;
  readonly random?: () => number;
  readonly now?: () => number;
  /** Multiplies every waiting time; for tests and demonstrations. */
  readonly delayFactor?: number;
  readonly limits?: Partial<ConnectionLimits> | undefined;
  readonly way?: GatewayWay | undefined;
  readonly clocks?: Clocks | undefined;
}

/** How `run` ended: asked to, or because only a person can help. */
export type LinkEnd =
  | { readonly kind: "closed" }
  | { readonly kind: "stopped"; readonly code: string; readonly why: string };

/** A connection that is made again whenever it is lost, until it is closed or cannot work. */
export class GatewayLink {
  readonly #options: LinkOptions;
  readonly #abort = new AbortController();
  #state: LinkState;
  #session: Session | undefined;
  #shutdown: ShutdownNotice | undefined;
  #reconnectAsked = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#state = initialLinkState(this.#now());
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The session in use, if there is one. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Connects and reconnects until `close` is called or a person must act. Rejects only with an error of the credential source. */
  async run(): Promise<LinkEnd> {
    try {
      return await this.#connectAgainAndAgain();
    } catch (error) {
      await this.#session?.close();
      this.#session = undefined;
      const why = error instanceof Error ? error.message : String(error);
      this.#on({ kind: "stop", why, code: "credentials-unusable" });
      throw error;
    }
  }

  async #connectAgainAndAgain(): Promise<LinkEnd> {
    const { signal } = this.#abort;
    const { random = Math.random, delayFactor = 1, credentials } = this.#options;
    let memory = initialLinkMemory(this.#options.everReady);
    while (!signal.aborted) {
      const configured = await credentials.configured();
      const deviceToken = (await credentials.deviceToken()) || undefined;
      if (signal.aborted) break;
      const outcome = await this.#attempt(configured, deviceToken, memory);
      if (signal.aborted) break;
      if (this.#reconnectAsked) {
        this.#reconnectAsked = false;
        if (outcome.kind === "ended") memory = memoryAfterHello(memory);
        continue;
      }
      const available = { hasConfigured: isPresent(configured), hasDeviceToken: deviceToken !== undefined };
      const step = nextLinkStep(memory, outcome, available, random);
      memory = step.memory;
      if (step.kind === "stop") {
        this.#on({ kind: "stop", why: step.why, code: step.code });
        return { kind: "stopped", code: step.code, why: step.why };
      }
      if (step.dropDeviceToken) await credentials.dropDeviceToken();
      const delay = step.afterMs * delayFactor;
      this.#on({ kind: "wait", step, delayMs: delay });
      await waitAwake(delay, signal, EAGER.has(step.cause), this.#options.clocks);
    }
    this.#on({ kind: "stop", why: "closed", code: "closed" });
    return { kind: "closed" };
  }

  /** Closes the session, so that the Gateway takes the node's commands in anew, and connects again at once. */
  async reconnect(reason: string): Promise<void> {
    if (this.#session === undefined) return;
    this.#reconnectAsked = true;
    await this.#session.close(1000, reason);
  }

  /** Says how far the approval of this node's commands is; without `why` nothing is missing. */
  surface(why?: string, requestId?: string): void {
    this.#on({ kind: "surface", why, requestId });
  }

  /** Says that the open session is about to end; it stays open. */
  drain(why: string): void {
    this.#on({ kind: "drain", why });
  }

  async close(reason = ""): Promise<void> {
    this.#abort.abort();
    await this.#session?.close(1000, reason);
  }

  async #attempt(
    configured: ConnectCredential,
    deviceToken: string | undefined,
    memory: LinkMemory,
  ): Promise<LinkOutcome> {
    const useDevice = deviceToken !== undefined && (memory.credential === "device" || !isPresent(configured));
    const presented = useDevice ? "device" : isPresent(configured) ? "configured" : "none";
    this.#on({ kind: "attempt" });
    this.#shutdown = undefined;
    let session: Session | undefined;
    // Events that came with the hello, in the same packet; they are handed on before the next turn of the event loop.
    const early: EventFrame[] = [];
    try {
      session = await openSession({
        endpoint: this.#options.endpoint,
        profile: this.#options.profile,
        identity: this.#options.identity,
        credential: useDevice ? { token: deviceToken } : configured,
        signatureVersion: memory.signature,
        omit: memory.omit,
        onEvent: (event) => {
          if (session === undefined) early.push(event);
          else this.#receive(event, session);
        },
        signal: this.#abort.signal,
        limits: this.#options.limits,
        way: this.#options.way,
        clocks: this.#options.clocks,
        onStage: (kind) => this.#on({ kind }),
      });
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: "failed", error, presented };
      throw error;
    }
    return await this.#serve(session, early);
  }

  async #serve(session: Session, early: readonly EventFrame[]): Promise<LinkOutcome> {
    const since = this.#now();
    this.#session = session;
    this.#on({ kind: "hello", hello: session.hello });
    for (const event of early) this.#receive(event, session);
    const { auth } = session.hello;
    // Not awaited before the events: what comes meanwhile must not overtake them.
    const saved =
      auth?.deviceToken === undefined
        ? undefined
        : this.#options.credentials.saveDeviceToken(auth.deviceToken, auth.scopes ?? []);
    if (this.#abort.signal.aborted) void session.close();
    await saved;
    const end = await session.closed;
    this.#session = undefined;
    return { kind: "ended", end, shutdown: this.#shutdown, readyMs: this.#now() - since };
  }

  #receive(event: EventFrame, session: Session): void {
    if (event.event === "shutdown") {
      this.#shutdown = noticeOf(event);
      this.#on({ kind: "drain", why: "the Gateway is shutting down" });
    }
    this.#options.onEvent(event, session);
  }

  #on(event: LinkEvent): void {
    const state = nextLinkState(this.#state, event, this.#now());
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** Whoever waits for a network or a Gateway looks again when the machine wakes up; who was told to wait does not. */
const EAGER: ReadonlySet<WaitCause> = new Set<WaitCause>(["network", "gateway-down", "pairing"]);

function noticeOf(event: EventFrame): ShutdownNotice {
  const parsed = parseWith<ShutdownNotice>(shutdownNoticeSchema, event.payload ?? {}, "shutdown");
  return parsed.ok ? parsed.value : {};
}
