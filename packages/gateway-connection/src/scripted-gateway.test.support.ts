import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { afterEach } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { endpointFromParts, type GatewayEndpoint } from "./endpoint.ts";

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly type: string;
  readonly id: string;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** One client as the scripted Gateway sees it: the script says what to send and reads what came. */
export class ScriptedClient {
  readonly socket: WebSocket;
  readonly upgrade: IncomingMessage;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #frames: SeenRequest[] = [];
  readonly #readers: ((frame: SeenRequest) => void)[] = [];

  constructor(socket: WebSocket, upgrade: IncomingMessage) {
    this.socket = socket;
    this.upgrade = upgrade;
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString("utf8")) as SeenRequest;
      const reader = this.#readers.shift();
      if (reader === undefined) this.#frames.push(frame);
      else reader(frame);
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString("utf8") }));
    });
  }

  /** The TCP connection below. */
  get tcp(): Socket {
    return this.upgrade.socket;
  }

  /** The next request of the client. */
  async next(): Promise<SeenRequest> {
    const frame = this.#frames.shift();
    return frame ?? (await new Promise((resolve) => this.#readers.push(resolve)));
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  event(event: string, payload?: unknown): void {
    this.send({ type: "event", event, payload });
  }

  answer(id: string, payload?: unknown): void {
    this.send({ type: "res", id, ok: true, payload });
  }

  /** Sends the challenge and reads the connect. */
  async challenge(): Promise<SeenRequest> {
    this.event("connect.challenge", CHALLENGE);
    return await this.next();
  }

  /** The whole handshake; returns the connect. */
  async accept(parts: HelloParts = {}): Promise<SeenRequest> {
    const connect = await this.challenge();
    this.answer(connect.id, helloPayload(parts));
    return connect;
  }

  /** Refuses the connect as Gateways do: an error response, then a close. */
  async refuse(error: Readonly<Record<string, unknown>>, close = 1008): Promise<SeenRequest> {
    const connect = await this.challenge();
    this.send({ type: "res", id: connect.id, ok: false, error });
    this.socket.close(close, String(error["message"]).slice(0, 100));
    return connect;
  }
}

export const CHALLENGE = { nonce: "f81fd57f-f28e-4b81-afc5-72d7c98a9a51", ts: 1_795_397_907_348 };

export interface HelloParts {
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly tickIntervalMs?: number;
  readonly maxPayload?: number;
  readonly maxBufferedBytes?: number;
}

export function helloPayload(parts: HelloParts = {}): Record<string, unknown> {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "2026.6.1", connId: "c-1" },
    features: { methods: ["node.event"], events: ["tick"] },
    snapshot: { presence: [], health: {} },
    ...(parts.auth === undefined ? {} : { auth: parts.auth }),
    policy: {
      maxPayload: parts.maxPayload ?? 26_214_400,
      maxBufferedBytes: parts.maxBufferedBytes ?? 52_428_800,
      tickIntervalMs: parts.tickIntervalMs ?? 30_000,
    },
  };
}

export interface ScriptedGateway {
  readonly port: number;
  readonly endpoint: GatewayEndpoint;
  /** How many clients came. */
  readonly clients: readonly ScriptedClient[];
  /** Cuts all clients and frees the port; rejects with the first error of a script. */
  close(): Promise<void>;
}

export interface ScriptedGatewayOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
  /** False: pings get no answer, as if they were lost. */
  readonly autoPong?: boolean;
}

/** What happens to the n-th client, counted from 0. */
export type Script = (client: ScriptedClient, index: number) => Promise<unknown>;

const open = new Set<ScriptedGateway>();
afterEach(async () => {
  await Promise.all([...open].map(async (gateway) => await gateway.close()));
});

/** A Gateway on 127.0.0.1 that does what a test says; it is gone after the test. */
export async function startGateway(
  script: Script,
  options: ScriptedGatewayOptions = {},
): Promise<ScriptedGateway> {
  const server = options.tls === undefined ? createHttpServer() : createHttpsServer(options.tls);
  const sockets = new WebSocketServer({ noServer: true, autoPong: options.autoPong ?? true });
  const clients: ScriptedClient[] = [];
  const failures: unknown[] = [];
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client = new ScriptedClient(ws, request);
      clients.push(client);
      script(client, clients.length - 1).catch((error: unknown) => failures.push(error));
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const gateway: ScriptedGateway = {
    port,
    endpoint: endpointFromParts({ host: "127.0.0.1", port, tls: options.tls !== undefined }),
    clients,
    close: async () => {
      if (!open.delete(gateway)) return;
      for (const ws of sockets.clients) ws.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      if (failures.length > 0) throw failures[0];
    },
  };
  open.add(gateway);
  return gateway;
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createHttpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

/** A self-signed certificate that names 127.0.0.1, and one that names another host. */
export const CERTIFICATE: { readonly key: string; readonly cert: string } = {
  key: fixture("gateway-key.pem"),
  cert: fixture("gateway-cert.pem"),
};
export const OTHER_NAME: { readonly key: string; readonly cert: string } = {
  key: fixture("other-name-key.pem"),
  cert: fixture("other-name-cert.pem"),
};
/** A certificate for 127.0.0.1 and gw.test that `AUTHORITY` signed. */
export const SIGNED: { readonly key: string; readonly cert: string } = {
  key: fixture("signed-key.pem"),
  cert: fixture("signed-cert.pem"),
};
export const AUTHORITY: string = fixture("authority-cert.pem");
/** Self-signed for 127.0.0.1, and valid in January 2020 only. */
export const EXPIRED: { readonly key: string; readonly cert: string } = {
  key: fixture("expired-key.pem"),
  cert: fixture("expired-cert.pem"),
};
