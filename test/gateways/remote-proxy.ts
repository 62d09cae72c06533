// A TCP proxy in front of a Gateway: its clients count as remote machines, because the upgrade
// request gets a forwarding header; and their link can be cut or held still at will.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { portOf } from "./free-ports.ts";

/** A documentation address (RFC 5737): certainly no loopback and no neighbor. */
export const REMOTE_ADDRESS = "203.0.113.7";
/** Bytes of a request head that the proxy waits for. */
const HEAD_LIMIT = 64 * 1024;

export interface RemoteProxy {
  readonly port: number;
  readonly url: string;
  /** Open client connections. */
  connections(): number;
  /** Destroys all connections; new ones are accepted. */
  cut(): void;
  /** Keeps all connections open and moves no byte, as a link that died without a word. */
  hold(): void;
  release(): void;
  /** Closes the port itself, so that new connections are refused, until `listen`. */
  refuse(): Promise<void>;
  listen(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRemoteProxy(
  targetPort: number,
  { address = REMOTE_ADDRESS, tls = false }: { address?: string; tls?: boolean } = {},
): Promise<RemoteProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let held = false;
  const server = createServer((inner) => {
    const outer = connect(targetPort, "127.0.0.1");
    const pair = [inner, outer] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      inner.destroy();
      outer.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    // Inside TLS no header can be added; such a client stays local to the Gateway.
    forward(inner, outer, tls ? undefined : `X-Forwarded-For: ${address}\r\n`);
    forward(outer, inner, undefined);
    if (held) pause(pair);
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    cut();
    await closed;
  };
  await listen(0);
  const port = portOf(server);
  return {
    port,
    url: `${tls ? "wss" : "ws"}://127.0.0.1:${port}`,
    connections: () => pairs.size,
    cut,
    hold: () => {
      held = true;
      for (const pair of pairs) pause(pair);
    },
    release: () => {
      held = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    refuse,
    listen: () => listen(port),
    stop: refuse,
  };
}

function pause(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.pause();
}

/** Copies bytes; puts `header` behind the request line of the first head. */
function forward(from: Socket, to: Socket, header: string | undefined): void {
  let head: Buffer | undefined = header === undefined ? undefined : Buffer.alloc(0);
  from.on("data", (bytes) => {
    let out = bytes as Buffer;
    if (head !== undefined) {
      head = Buffer.concat([head, out]);
      const line = head.indexOf("\r\n");
      if (line < 0 && head.length < HEAD_LIMIT) return;
      out =
        line < 0
          ? head
          : Buffer.concat([head.subarray(0, line + 2), Buffer.from(header ?? ""), head.subarray(line + 2)]);
      head = undefined;
    }
    // Small test traffic: the kernel's buffers and Node's are enough, no back-pressure is needed.
    to.write(out);
  });
  from.on("end", () => to.end());
}
