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
  type ResponseFrame,
} from "@openclaw/protocol";
import type { RawData, WebSocket } from "ws";
import { closeReason, describeClose } from "./close-text.ts";
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
import { openSocket, sendText, type GatewayWay } from "./open-socket.ts";
import { PendingRequests } from "./pending-requests.ts";
import { errorOf, notAGateway } from "./session-errors.ts";
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
  /** Sends a request; resolves with the payload. Throws `request-failed`, `request-timeout`, `too-large`, `busy`, `closed`, `aborted`. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** Closes politely, then firmly; resolves when the socket is gone. */
  close(code?: number, reason?: string): Promise<SessionEnd>;
}

/** Connects, signs the challenge and waits for hello. Throws a ConnectionError; `refused` carries the Gateway's answer. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const socket = await openSocket(options.endpoint, options.signal, options.way, limits);
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
  #silence: NodeJS.Timeout | undefined;
  #lastFrameAt = performance.now();
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
    socket.on("ping", () => this.#alive());
    socket.on("close", (code, reason) => this.#onClose(code, reason.toString("utf8")));
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
      () =>
        fail(
          new ConnectionError(
            "handshake-timeout",
            `the server at ${endpoint.host}:${endpoint.port} accepted the connection but did not finish the Gateway handshake in ${this.#limits.handshakeMs / 1000} s`,
          ),
        ),
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
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytes) {
      throw new ConnectionError("busy", `cannot call ${method}: the Gateway reads too slowly`, {
        method,
      });
    }
    const { id, answer } = this.#pending.add(method, options);
    const text = this.#encode(id, method, params);
    if (text !== undefined) sendText(this.#socket, text);
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
    this.#alive();
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
      this.#handshake?.reject(
        new ConnectionError(
          "too-large",
          "the connect frame would be larger than 64 KiB; shorten PATH or the display name",
        ),
      );
      return;
    }
    this.#socket.send(text);
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
    this.#watchSilence(hello.value.policy.tickIntervalMs * this.#limits.silentTicks);
    this.#handshake?.resolve();
  }

  #alive(): void {
    this.#lastFrameAt = performance.now();
  }

  #watchSilence(limitMs: number): void {
    this.#alive();
    this.#silence = setInterval(() => {
      if (performance.now() - this.#lastFrameAt < limitMs) return;
      clearInterval(this.#silence);
      this.#dead = true;
      // Said before it is done: a Gateway that lives should not keep the old socket beside the next one.
      void this.close(4000, "tick timeout");
    }, limitMs / 4);
  }

  #onClose(code: number, reason: string): void {
    this.#stage = "closed";
    clearInterval(this.#silence);
    const close: SessionEnd = this.#dead
      ? { code: 4000, reason: "tick timeout", dead: true }
      : { code, reason, dead: false };
    this.#handshake?.reject(
      new ConnectionError(
        "closed",
        `the Gateway closed the connection before hello (${describeClose(close)})`,
        { close },
      ),
    );
    this.#pending.failAll(
      (method) =>
        new ConnectionError(
          "closed",
          `${method} got no answer: connection closed (${describeClose(close)})`,
          { close, method },
        ),
    );
    this.#settleClosed(close);
  }
}

const CONNECT_ID = "connect";
