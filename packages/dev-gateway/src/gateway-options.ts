import type { IncomingMessage } from "node:http";
import type { ErrorShape } from "@openclaw/protocol";
import type { Close } from "./close-codes.ts";
import type { Era } from "./era.ts";

/** A connect that is refused because a test says so; without `close` as the message wants it. */
export interface ScriptedRefusal {
  readonly error: ErrorShape;
  readonly close?: Close;
}

export interface DevGatewayOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The shared token; by default the one in the state file, else a new one. */
  readonly token?: string;
  /** Accepted besides the token. */
  readonly password?: string;
  /** Default `2026.9`. */
  readonly era?: Era;
  /** PEM; makes it `wss://`. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Milliseconds, default 30 000. */
  readonly tickIntervalMs?: number;
  /** Milliseconds until hello, default 15 000 (10 000 in the two oldest eras). */
  readonly handshakeTimeoutMs?: number;
  /** Milliseconds between WebSocket pings of the newest era, default 25 000. */
  readonly pingIntervalMs?: number;
  /** Bytes of one frame after hello; default that of the era. */
  readonly maxPayload?: number;
  /** Bytes that may wait for a slow reader; default that of the era. */
  readonly maxBufferedBytes?: number;
  /** Keeps pairings, tokens and the exec approvals document over a restart. */
  readonly stateFile?: string;
  /** Default: not loopback, a foreign `Host`, or any forwarding header. */
  readonly treatAsRemote?: (request: IncomingMessage) => boolean;
  /** Asked before each connect is judged: what it gives is the answer, for whatever a real Gateway may say. */
  readonly refuse?: () => ScriptedRefusal | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  /** For tokens, ids and nonces. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Called with lines for a person; they hold no secret and no control character. */
  readonly log?: (line: string) => void;
}
