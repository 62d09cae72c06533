import type { IncomingMessage } from "node:http";
import { parseJsonText } from "@openclaw/protocol";
import type { RawData, WebSocket } from "ws";
import { CLOSES } from "./close-codes.ts";
import { Connection } from "./connection.ts";
import { dispatch } from "./dispatch.ts";
import { firstFrame } from "./first-frame.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { LIMITS } from "./limits.ts";
import type { MethodTable } from "./method-table.ts";
import { originOf } from "./remote-address.ts";

export interface AcceptedSocket {
  readonly parts: GatewayParts;
  readonly methods: MethodTable;
  readonly connections: Set<Connection>;
  /** Milliseconds until hello. */
  readonly handshakeMs: number;
  readonly ws: WebSocket;
  readonly request: IncomingMessage;
  readonly remote: boolean;
}

/** Greets a new socket with a challenge and follows it to its end. */
export function acceptSocket(accepted: AcceptedSocket): void {
  const { parts, methods, connections, ws, request } = accepted;
  const connection = new Connection({
    id: parts.newId(),
    nonce: parts.newId(),
    origin: originOf(request, accepted.remote),
    ws,
    maxBufferedBytes: parts.policy.maxBufferedBytes,
    emit: parts.emit,
  });
  const deadline = setTimeout(() => connection.close(CLOSES.quiet), accepted.handshakeMs);
  const unwatch = watchSize(request, connection, parts.rules.connectFrameBytes);
  ws.on("error", (error) => parts.log(`connection ${connection.id}: ${error.message}`));
  ws.on("message", (data: RawData) => {
    if (!connection.open) return;
    const { session } = connection;
    const bytes = asBuffer(data);
    if (session === undefined && bytes.length > parts.rules.connectFrameBytes) {
      connection.close(CLOSES.frameTooLarge);
      return;
    }
    // A frame may come as text or as bytes: what counts is what stands in it.
    const text = bytes.toString("utf8");
    const json = parseJsonText(text, "frame", bytes.length, LIMITS.jsonDepth);
    const frame = json.ok ? json.value : text;
    parts.emit({ type: "frame-in", client: connection.ref, frame, bytes: bytes.length });
    if (session !== undefined) {
      // Text that is not JSON gets no answer. Source: protocol section 1.
      if (json.ok) dispatch(parts, methods, connection, session, json.value);
      return;
    }
    unwatch();
    firstFrame(parts, methods, connection, json);
    if (connection.session !== undefined) clearTimeout(deadline);
  });
  ws.on("close", (code: number, reason: Buffer) => {
    clearTimeout(deadline);
    unwatch();
    connection.ended();
    connections.delete(connection);
    parts.nodes.gone(connection);
    parts.emit({ type: "closed", client: connection.ref, code, reason: reason.toString("utf8") });
  });
  parts.emit({ type: "socket-opened", client: connection.ref, remote: accepted.remote });
  connections.add(connection);
  if (connections.size > LIMITS.connections) {
    connection.close(CLOSES.tooMany);
    return;
  }
  connection.event("connect.challenge", {
    nonce: connection.nonce,
    ts: parts.now(),
    ...(parts.rules.era === "2026.9" ? { capabilities: [] } : {}),
  });
}

/** Before hello a socket may not even fill memory with one huge frame that never ends. */
function watchSize(request: IncomingMessage, connection: Connection, limit: number): () => void {
  let seen = 0;
  const { socket } = request;
  const count = (chunk: Buffer): void => {
    seen += chunk.length;
    if (seen > limit + LIMITS.framingBytes) connection.close(CLOSES.frameTooLarge);
  };
  socket.on("data", count);
  return () => socket.off("data", count);
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
