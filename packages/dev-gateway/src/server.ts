import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { WebSocketServer, type WebSocket } from "ws";
import { acceptSocket } from "./accept-socket.ts";
import { broadcast } from "./broadcast.ts";
import { buildGateway } from "./build-gateway.ts";
import { CLOSES, type Close } from "./close-codes.ts";
import type { Connection } from "./connection.ts";
import type { Era } from "./era.ts";
import { DevGatewayError } from "./errors.ts";
import { createEmitter, type DevGatewayEvent } from "./events.ts";
import type { DevGatewayOptions } from "./gateway-options.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { methodsOf } from "./methods/all.ts";
import { looksRemote } from "./remote-address.ts";

export interface DevGateway {
  readonly url: string;
  readonly port: number;
  /** The shared token: a secret. */
  readonly token: string;
  readonly era: Era;
  /** A URL that lets one machine in without an operator, for ten minutes; a secret. */
  joinUrl(): string;
  /** Returns a function that ends the listening. */
  on(listener: (event: DevGatewayEvent) => void): () => void;
  /** Ends every socket with this code, or with none, or by cutting it; the Gateway goes on. */
  closeClients(how: Close | "no code" | "cut"): void;
  /** Tells every client, closes every socket and frees the port. */
  close(options?: { readonly restart?: boolean }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const DEFAULT_PING_MS = 25_000;

/**
 * Starts a Gateway on this machine. Rejects with `DevGatewayError` when the port or the
 * state file cannot be used.
 */
export async function startDevGateway(options: DevGatewayOptions = {}): Promise<DevGateway> {
  const emitter = createEmitter();
  const connections = new Set<Connection>();
  const parts = buildGateway(options, emitter, connections);
  const { rules } = parts;
  const server = httpServer(options, (path) => joinAnswer(parts, url, path));
  const sockets = acceptSockets(server, parts, connections, options);
  const port = await listen(server, options);
  const url = `${options.tls === undefined ? "ws" : "wss"}://${hostInUrl(options.host)}:${port}`;
  const timers = startTimers(parts, options);
  let closing: Promise<void> | undefined;
  const close = async (restart: boolean): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    broadcast(connections, "shutdown", shutdownNotice(restart, rules.era));
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const connection of connections) connection.close(CLOSES.serviceRestart);
    parts.approvals.close();
    sockets.close();
    // Sockets that never asked for anything would keep the port.
    server.closeAllConnections();
    await closed;
  };
  const stop = (restart = false): Promise<void> => (closing ??= close(restart));
  return {
    url,
    joinUrl: () => `${url.replace(/^ws/u, "http")}/j/${parts.setupCodes.issue().shortCode}`,
    port,
    token: parts.secrets.token,
    era: rules.era,
    on: (listener) => emitter.on(listener),
    closeClients: (how) => {
      for (const connection of connections) {
        if (typeof how === "object") connection.close(how);
        else connection.end(how);
      }
    },
    close: ({ restart } = {}) => stop(restart),
    [Symbol.asyncDispose]: () => stop(),
  };
}

function acceptSockets(
  server: Server,
  parts: GatewayParts,
  connections: Set<Connection>,
  options: DevGatewayOptions,
): WebSocketServer {
  const { maxPayload } = parts.policy;
  const sockets = new WebSocketServer({ server, maxPayload, perMessageDeflate: false });
  const methods = methodsOf(parts.rules);
  const handshakeMs = options.handshakeTimeoutMs ?? parts.rules.handshakeMs;
  const isRemote = options.treatAsRemote ?? looksRemote;
  // The port's own errors are told to whoever waits for it to open.
  sockets.on("error", () => undefined);
  sockets.on("connection", (ws: WebSocket, request: IncomingMessage) => {
    const remote = isRemote(request);
    acceptSocket({ parts, methods, connections, handshakeMs, ws, request, remote });
  });
  return sockets;
}

function startTimers(parts: GatewayParts, options: DevGatewayOptions): readonly NodeJS.Timeout[] {
  const { connections, policy, rules } = parts;
  const tick = setInterval(() => {
    const payload = { ts: parts.now() };
    broadcast(connections, "tick", payload);
    parts.nodes.tellFollowers("tick", payload);
  }, policy.tickIntervalMs);
  if (!rules.pings) return [tick];
  const ping = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, options.pingIntervalMs ?? DEFAULT_PING_MS);
  return [tick, ping];
}

/** The newest era leaves out when it will be back unless it will. Source: protocol section 3.2. */
function shutdownNotice(restart: boolean, era: Era): Readonly<Record<string, unknown>> {
  const reason = restart ? "gateway restarting" : "gateway stopping";
  if (restart) return { reason, restartExpectedMs: 1000 };
  return era === "2026.9" ? { reason } : { reason, restartExpectedMs: null };
}

/** The one thing besides WebSocket: what a join URL stands for, once. */
function joinAnswer(parts: GatewayParts, url: string, path: string): object | undefined {
  const code = path.startsWith("/j/") ? parts.setupCodes.fetch(path.slice(3)) : undefined;
  if (code === undefined) return undefined;
  return { url, bootstrapToken: code.bootstrapToken, expiresAtMs: code.expiresAtMs };
}

function httpServer(options: DevGatewayOptions, joined: (path: string) => object | undefined): Server {
  const answer: RequestListener = (request, response) => {
    const document = request.method === "GET" ? joined(request.url ?? "") : undefined;
    if (document !== undefined) {
      const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
      response.writeHead(200, headers).end(JSON.stringify(document));
      return;
    }
    response.writeHead(404, { "content-type": "text/plain" }).end("this Gateway speaks WebSocket only\n");
  };
  if (options.tls === undefined) return createServer(answer);
  return createTlsServer({ key: options.tls.key, cert: options.tls.cert }, answer);
}

function listen(server: Server, options: DevGatewayOptions): Promise<number> {
  const { host = "127.0.0.1", port = 0 } = options;
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => {
      const text = `cannot listen on \`${host}:${port}\`; stop what uses this port or choose another`;
      reject(new DevGatewayError("cannot-listen", text, { host, port }, { cause }));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      const address = server.address();
      resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
}

function hostInUrl(host = "127.0.0.1"): string {
  return host.includes(":") ? `[${host}]` : host;
}
