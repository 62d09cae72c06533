// A bare server that does just enough for a node host: challenge, hello, invokes. It measures;
// it is no Gateway and checks nothing.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";

export interface BareGateway {
  readonly url: string;
  readonly port: number;
  /** Resolves at the next connect frame, with the time it came in. */
  nextConnect(): Promise<number>;
  /** Sends one invoke over the newest connection and resolves when its result is there. */
  invoke(
    command: string,
    params: unknown,
  ): Promise<{ readonly ok: boolean; readonly payloadJSON?: string; readonly error?: unknown }>;
  close(): Promise<void>;
}

interface Result {
  readonly ok: boolean;
  readonly payloadJSON?: string;
}

export async function startBareGateway(): Promise<BareGateway> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let connectWaiter: ((at: number) => void) | undefined;
  let current: { readonly socket: WebSocket; readonly nodeId: string } | undefined;
  const invokes = new Map<string, (result: Result) => void>();
  let count = 0;

  server.on("connection", (socket) => {
    socket.send(
      JSON.stringify({
        type: "event",
        event: "connect.challenge",
        payload: { nonce: "bench", ts: Date.now() },
      }),
    );
    socket.on("message", (data: Buffer) => {
      const at = performance.now();
      const frame = JSON.parse(data.toString()) as {
        id: string;
        method: string;
        params: { id: string; device?: { id: string } } & Result;
      };
      if (frame.method === "connect") {
        connectWaiter?.(at);
        current = { socket, nodeId: frame.params.device?.id ?? "" };
        socket.send(JSON.stringify({ type: "res", id: frame.id, ok: true, payload: HELLO }));
        return;
      }
      if (frame.method === "node.invoke.result") invokes.get(frame.params.id)?.(frame.params);
      socket.send(JSON.stringify({ type: "res", id: frame.id, ok: true, payload: { ok: true } }));
    });
  });

  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    nextConnect: async () =>
      await new Promise((resolve) => {
        connectWaiter = resolve;
      }),
    invoke: async (command, params) =>
      await new Promise((resolve) => {
        count += 1;
        const id = `bench-${count}`;
        invokes.set(id, (result) => {
          invokes.delete(id);
          resolve(result);
        });
        const payload = {
          id,
          nodeId: current?.nodeId,
          command,
          paramsJSON: JSON.stringify(params),
          timeoutMs: 30_000,
        };
        current?.socket.send(JSON.stringify({ type: "event", event: "node.invoke.request", payload }));
      }),
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

const HELLO = {
  type: "hello-ok",
  protocol: 4,
  server: { version: "bench", connId: "bench" },
  features: { methods: [], events: [] },
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 600_000 },
};
