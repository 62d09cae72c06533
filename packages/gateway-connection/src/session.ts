import {
  connectChallengeSchema,
  encodeFrame,
  exceedsBytes,
  helloOkSchema,
  LIMITS,
  parseFrame,
  parseWith,
  type ConnectChallenge,
  type EventFrame,
  type HelloOk,
  type HelloPolicy,
  type ResponseFrame,
} from "@openclaw/protocol";
import type { RawData, WebSocket } from "ws";
import { closeReason } from "./close-text.ts";
import {
  buildConnectParams,
  type ClientProfile,
  type ConnectCredential,
  type ConnectVariant,
} from "./connect-frame.ts";
import type { DeviceIdentity } from "./device-identity.ts";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError, type SocketClose } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { openSocket, type GatewayWay } from "./open-socket.ts";
import { Outbox } from "./outbox.ts";
import { PendingRequests } from "./pending-requests.ts";
import { Pulse, type Clocks } from "./pulse.ts";
import {
  closedBeforeHello,
  closedUnanswered,
  connectTooLarge,
  errorOf,
  handshakeTimeout,
  notAGateway,
} from "./session-errors.ts";
import { shownText } from "./shown-text.ts";

export interface SessionOptions extends ConnectVariant {
  readonly endpoint: GatewayEndpoint;
  readonly profile: ClientProfile;
  readonly identity: DeviceIdentity;
  readonly credential: ConnectCredential;
  /** Called for every event after hello, in order. Must not throw. */
  readonly onEvent?: (event: EventFrame) => void;
  /** Gives the attempt up; an open session is ended by `close`. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<ConnectionLimits> | undefined;
  readonly way?: GatewayWay | undefined;
  readonly clocks?: Clocks | undefined;
  /** Called when the Gateway's addresses are known, and when its challenge was answered. */
  readonly onStage?: ((stage: "resolved" | "challenged") => void) | undefined;
}

export interface RequestOptions {
  /** Milliseconds; 0 waits until the connection ends. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a session ended; `dead` when we gave up on a silent link. */
export interface SessionEnd extends SocketClose {
  readonly dead: boolean;
}

/** One authenticated connection, from hello to close. */
export interface Session {
  readonly hello: HelloOk;
  /** Settles once, when the socket is gone. */
  readonly closed: Promise<SessionEnd>;
  /** Of the last answered ping; milliseconds. */
  readonly roundTripMs?: number | undefined;
  /** Sends a request; resolves with the payload. Throws `request-failed`, `request-timeout`, `too-large`, `busy`, `closed`, `aborted`. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** Closes politely, then firmly; resolves when the socket is gone. */
  close(code?: number, reason?: string): Promise<SessionEnd>;
}

/** Connects, signs the challenge and waits for hello. Throws a ConnectionError; `refused` carries the Gateway's answer. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const { endpoint, signal, way, onStage } = options;
  const socket = await openSocket(endpoint, signal, way, limits, () => onStage?.("resolved"));
  const session = new SocketSession(socket, options, limits);
  try {
    await session.handshake();
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

type Stage = "challenge" | "connect" | "ready" | "closed";

class SocketSession implements Session {
  readonly closed: Promise<SessionEnd>;
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #limits: ConnectionLimits;
  readonly #pending: PendingRequests;
  #stage: Stage = "challenge";
  #hello: HelloOk | undefined;
  #pulse: Pulse | undefined;
  #outbox: Outbox | undefined;
  #dead = false;
  #handshake: { resolve: () => void; reject: (error: ConnectionError) => void } | undefined;
  #settleClosed: (end: SessionEnd) => void = () => undefined;

  constructor(socket: WebSocket, options: SessionOptions, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#options = options;
    this.#limits = limits;
    this.#pending = new PendingRequests(limits);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on("ping", () => this.#pulse?.heard());
    socket.on("pong", () => this.#pulse?.answered());
    socket.on("close", (code, reason) => this.#onClose(code, reason.toString("utf8")));
  }

  get roundTripMs(): number | undefined {
    return this.#pulse?.roundTripMs;
  }

  get hello(): HelloOk {
    if (this.#hello === undefined) throw new ConnectionError("closed", "the connection has no hello yet");
    return this.#hello;
  }

  async handshake(): Promise<void> {
    const { signal, endpoint } = this.#options;
    const done = new Promise<void>((resolve, reject) => {
      this.#handshake = { resolve, reject };
    });
    const fail = (error: ConnectionError): void => this.#handshake?.reject(error);
    const timer = setTimeout(
      () => fail(handshakeTimeout(endpoint, this.#limits.handshakeMs)),
      this.#limits.handshakeMs,
    );
    const onAbort = (): void => fail(new ConnectionError("aborted", "the connection attempt was given up"));
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    this.#socket.resume();
    try {
      await done;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#handshake = undefined;
    }
  }

  async request(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#stage !== "ready")
      throw new ConnectionError("closed", `cannot call ${method}: the connection is closed`, {
        method,
      });
    const { id, answer } = this.#pending.add(method, options);
    const text = this.#encode(id, method, params);
    if (text !== undefined && this.#outbox?.send(id, text) === false) {
      const why = `cannot call ${method}: the Gateway reads too slowly`;
      this.#pending.fail(id, new ConnectionError("busy", why, { method }));
    }
    return await answer;
  }

  /** The frame, or undefined when the request has failed already. */
  #encode(id: string, method: string, params: unknown): string | undefined {
    const limit = this.hello.policy.maxPayload;
    try {
      const text = encodeFrame({ type: "req", id, method, params });
      if (!exceedsBytes(text, limit)) return text;
      const why = `cannot call ${method}: the request is larger than the Gateway's limit of ${limit} bytes`;
      this.#pending.fail(id, new ConnectionError("too-large", why, { method }));
    } catch (cause) {
      const why = `cannot call ${method}: its params are not JSON`;
      this.#pending.fail(id, new ConnectionError("request-failed", why, { method }, { cause }));
    }
    return undefined;
  }

  async close(code = 1000, reason = ""): Promise<SessionEnd> {
    if (this.#stage !== "closed") {
      this.#socket.resume();
      this.#socket.close(code, closeReason(reason));
      const timer = setTimeout(() => this.#socket.terminate(), this.#limits.closeMs);
      void this.closed.then(() => clearTimeout(timer));
    }
    return await this.closed;
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#pulse?.heard();
    // Gateways send text only; a binary frame means nothing and is dropped like an unknown event.
    if (isBinary || !Buffer.isBuffer(data)) return;
    const parsed = parseFrame(data.toString("utf8"), this.#limits.inboundFrameBytes);
    if (!parsed.ok) {
      this.#handshake?.reject(notAGateway(this.#options.endpoint, parsed.error.message));
      return;
    }
    const frame = parsed.value;
    if (frame.type === "event") this.#onEvent(frame);
    else if (frame.type === "res") this.#onResponse(frame);
  }

  #onEvent(frame: EventFrame): void {
    if (this.#stage === "ready") this.#options.onEvent?.(frame);
    else if (this.#stage === "challenge" && frame.event === "connect.challenge") this.#answerChallenge(frame);
  }

  #answerChallenge(frame: EventFrame): void {
    const challenge = parseWith<ConnectChallenge>(connectChallengeSchema, frame.payload, "connect.challenge");
    if (!challenge.ok) {
      this.#handshake?.reject(notAGateway(this.#options.endpoint, challenge.error.message));
      return;
    }
    this.#stage = "connect";
    const { profile, identity, credential } = this.#options;
    const params = buildConnectParams(profile, identity, credential, challenge.value, this.#options);
    const text = encodeFrame({ type: "req", id: CONNECT_ID, method: "connect", params });
    if (exceedsBytes(text, LIMITS.connectFrameBytes)) {
      this.#handshake?.reject(connectTooLarge());
      return;
    }
    this.#socket.send(text);
    this.#options.onStage?.("challenged");
  }

  #onResponse(frame: ResponseFrame): void {
    if (this.#stage === "ready") {
      if (frame.ok) this.#pending.settle(frame.id, frame.payload);
      else this.#pending.failWith(frame.id, errorOf(frame));
      return;
    }
    if (this.#stage !== "connect") return;
    // A frame whose id a Gateway could not read is answered with the id `invalid`.
    if (frame.id !== CONNECT_ID && (frame.ok || frame.id !== "invalid")) return;
    if (!frame.ok) {
      const error = errorOf(frame);
      this.#handshake?.reject(
        new ConnectionError("refused", `the Gateway refused the connection: ${shownText(error.message)}`, {
          gateway: error,
        }),
      );
      return;
    }
    const hello = parseWith<HelloOk>(helloOkSchema, frame.payload, "hello-ok");
    if (!hello.ok) {
      this.#handshake?.reject(notAGateway(this.#options.endpoint, hello.error.message));
      return;
    }
    this.#hello = hello.value;
    this.#stage = "ready";
    this.#open(hello.value.policy);
    this.#handshake?.resolve();
  }

  #open(policy: HelloPolicy): void {
    const { bufferedBytes, silentTicks, wakeMs } = this.#limits;
    const most = Math.min(bufferedBytes, policy.maxBufferedBytes ?? bufferedBytes);
    this.#outbox = new Outbox(this.#socket, most, (id) => this.#pending.has(id));
    const { clocks } = this.#options;
    this.#pulse = new Pulse({
      tickMs: policy.tickIntervalMs,
      silentTicks,
      wakeMs,
      ping: () => this.#socket.ping(),
      onDead: () => {
        this.#dead = true;
        // Said before it is done: a Gateway that lives should not keep the old socket beside the next one.
        void this.close(4000, "tick timeout");
      },
      ...(clocks === undefined ? {} : { clocks }),
    });
  }

  #onClose(code: number, reason: string): void {
    this.#stage = "closed";
    this.#pulse?.stop();
    this.#outbox?.clear();
    const close: SessionEnd = this.#dead
      ? { code: 4000, reason: "tick timeout", dead: true }
      : { code, reason, dead: false };
    this.#handshake?.reject(closedBeforeHello(close));
    this.#pending.failAll((method) => closedUnanswered(method, close));
    this.#settleClosed(close);
  }
}

const CONNECT_ID = "connect";
