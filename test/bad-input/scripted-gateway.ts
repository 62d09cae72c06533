// A Gateway that does what a test says, so that everything a Gateway should not do can be tried.
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";

export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- frames of a program under test

/** One node host as the scripted Gateway sees it. */
export class Visitor {
  readonly socket: WebSocket;
  /** Of the upgrade request. */
  readonly headers: IncomingHttpHeaders;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Every frame that came, oldest first. */
  readonly frames: Json[] = [];
  readonly #looks = new Set<() => void>();
  #acknowledge = false;

  constructor(socket: WebSocket, headers: IncomingHttpHeaders) {
    this.socket = socket;
    this.headers = headers;
    this.closed = once(socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      const frame: Json = JSON.parse(data.toString("utf8"));
      this.frames.push(frame);
      if (this.#acknowledge) this.send({ type: "res", id: frame.id, ok: true, payload: { ok: true } });
      for (const look of this.#looks) look();
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  event(event: string, payload?: unknown): void {
    this.send({ type: "event", event, payload });
  }

  /** The first frame, past or future, that fits. */
  async frame(fits: (frame: Json) => boolean): Promise<Json> {
    return await new Promise((resolve) => {
      const look = (): void => {
        const found = this.frames.find(fits);
        if (found === undefined) return;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Sends the challenge and reads the connect. */
  async challenge(ts: number = Date.now()): Promise<Json> {
    this.event("connect.challenge", { nonce: "f81fd57f-f28e-4b81-afc5-72d7c98a9a51", ts });
    return await this.frame(({ method }) => method === "connect");
  }

  /** The whole handshake; from then on every request is acknowledged. */
  async accept(parts: Readonly<Record<string, unknown>> = {}): Promise<Json> {
    const connect = await this.challenge();
    this.#acknowledge = true;
    this.send({ type: "res", id: connect.id, ok: true, payload: { ...HELLO, ...parts } });
    return connect;
  }

  /** Takes requests, and answers none of them any more. */
  fallSilent(): void {
    this.#acknowledge = false;
  }

  async refuse(error: Readonly<Record<string, unknown>>, close = 1008): Promise<void> {
    const connect = await this.challenge();
    this.send({ type: "res", id: connect.id, ok: false, error });
    this.socket.close(close, String(error["message"]).slice(0, 100));
  }

  invoke(id: string, command: string, params?: unknown, more: object = {}): void {
    const connect = this.frames.find(({ method }) => method === "connect");
    const paramsJSON = typeof params === "string" || params === undefined ? params : JSON.stringify(params);
    const payload = {
      id,
      nodeId: connect.params.device.id,
      command,
      paramsJSON: paramsJSON ?? null,
      ...more,
    };
    this.event("node.invoke.request", payload);
  }

  /** The answer to an invoke: its payload, or `{ error }`. */
  async result(id: string): Promise<Json> {
    const { params } = await this.frame(
      (frame) => frame.method === "node.invoke.result" && frame.params.id === id,
    );
    return params.ok ? JSON.parse(params.payloadJSON) : { error: params.error };
  }

  /** Answers that came for an invoke; more than one would be a fault. */
  results(id: string): Json[] {
    return this.frames.filter((frame) => frame.method === "node.invoke.result" && frame.params.id === id);
  }
}

export const HELLO: Readonly<Record<string, unknown>> = {
  type: "hello-ok",
  protocol: 4,
  server: { version: "2026.6.1", connId: "c-1" },
  features: { methods: ["node.event"], events: ["tick"] },
  snapshot: {},
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
};

export interface ScriptedGateway {
  readonly port: number;
  /** The n-th visitor, counted from 0, as soon as it is there. */
  visitor(index: number): Promise<Visitor>;
}

/** Starts one on 127.0.0.1; it is gone after the test. `script` hears of each visitor. */
export async function scriptedGateway(
  script: (visitor: Visitor, index: number) => unknown,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedGateway> {
  const server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  const sockets = new WebSocketServer({ noServer: true });
  const visitors: Visitor[] = [];
  const looks = new Set<() => void>();
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const visitor = new Visitor(ws, request.headers);
      visitors.push(visitor);
      script(visitor, visitors.length - 1);
      for (const look of looks) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const ws of sockets.clients) ws.terminate();
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return {
    port: (server.address() as AddressInfo).port,
    visitor: async (index) =>
      await new Promise((resolve) => {
        const look = (): void => {
          const found = visitors[index];
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
      }),
  };
}
