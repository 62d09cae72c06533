import type { ConnectParams, Role } from "@openclaw/protocol";
import type { WebSocket } from "ws";
import type { Answer } from "./answers.ts";
import { CLOSES, type Close } from "./close-codes.ts";
import type { ClientRef, DevGatewayEvent } from "./events.ts";
import { LIMITS } from "./limits.ts";
import type { Origin } from "./remote-address.ts";

/** Who a connection turned out to be. */
export interface Session {
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly deviceId?: string;
  readonly connect: ConnectParams;
  readonly local: boolean;
  /** A setup code let it in. */
  readonly byCode: boolean;
}

export interface ConnectionParts {
  readonly id: string;
  readonly nonce: string;
  readonly origin: Origin;
  readonly ws: WebSocket;
  readonly maxBufferedBytes: number;
  readonly emit: (event: DevGatewayEvent) => void;
}

/** Owns one socket: sends frames, counts refused calls, closes it and sees that it ends. */
export class Connection {
  readonly id: string;
  readonly nonce: string;
  readonly origin: Origin;
  session: Session | undefined;
  refusedCalls = 0;
  readonly #ws: WebSocket;
  readonly #maxBufferedBytes: number;
  readonly #emit: (event: DevGatewayEvent) => void;
  #seq = 0;
  #cut: NodeJS.Timeout | undefined;

  constructor(parts: ConnectionParts) {
    this.id = parts.id;
    this.nonce = parts.nonce;
    this.origin = parts.origin;
    this.#ws = parts.ws;
    this.#maxBufferedBytes = parts.maxBufferedBytes;
    this.#emit = parts.emit;
  }

  get ref(): ClientRef {
    const { session } = this;
    return {
      connId: this.id,
      ...(session === undefined ? {} : { role: session.role }),
      ...(session?.deviceId === undefined ? {} : { deviceId: session.deviceId }),
    };
  }

  get open(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  answer(id: unknown, answer: Answer): void {
    // The id goes back as it came, also where it is not the text it should be.
    this.#send({ type: "res", id, ...answer });
  }

  /** An event for this client alone; it has no `seq`. */
  event(event: string, payload: unknown): void {
    this.#send({ type: "event", event, payload });
  }

  /** A broadcast; `seq` counts them on this socket. A slow reader misses those that may be missed. */
  broadcast(event: string, payload: unknown, mayDrop: boolean): void {
    if (mayDrop && this.#ws.bufferedAmount > this.#maxBufferedBytes) return;
    this.#seq += 1;
    this.#send({ type: "event", event, payload, seq: this.#seq });
  }

  ping(): void {
    if (this.open) this.#ws.ping();
  }

  /** Says goodbye; a client that does not answer in time is cut off. */
  close(close: Close): void {
    if (this.#ws.readyState === this.#ws.CLOSED) return;
    if (this.open) this.#ws.close(close.code, close.reason);
    this.#cut ??= setTimeout(() => this.#ws.terminate(), LIMITS.closeGraceMs);
  }

  /** Ends without a word, as a network does, or with a close that names no code. */
  end(how: "no code" | "cut"): void {
    if (how === "cut") this.#ws.terminate();
    else this.#ws.close();
  }

  ended(): void {
    clearTimeout(this.#cut);
  }

  #send(frame: object): void {
    if (!this.open) return;
    const text = JSON.stringify(frame);
    const bytes = Buffer.byteLength(text);
    this.#ws.send(text);
    this.#emit({ type: "frame-out", client: this.ref, frame, bytes });
    if (this.#ws.bufferedAmount > this.#maxBufferedBytes) this.close(CLOSES.slowConsumer);
  }
}
