import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { afterEach } from "vitest";
import { BoundedReader } from "./bounded-reader.ts";

export interface StandInProxy {
  readonly port: number;
  /** What clients asked for, as it came: the head of a CONNECT, or the bytes of SOCKS as hex. */
  readonly asked: readonly string[];
}

type Talk = (client: Socket, reader: BoundedReader, asked: string[]) => Promise<number | undefined>;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (close) => await close()));
});

/** A proxy on 127.0.0.1: `talk` says which local port to connect to, or nothing. It is gone after the test. */
async function start(talk: Talk, tls?: TlsOptions): Promise<StandInProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const serve = async (client: Socket): Promise<void> => {
    const reader = new BoundedReader(client, new AbortController().signal);
    const port = await talk(client, reader, asked);
    if (port === undefined) return;
    const onward = connect(port, "127.0.0.1");
    sockets.add(onward);
    onward.on("error", () => client.destroy());
    reader.release().pipe(onward).pipe(client);
  };
  const onClient = (client: Socket): void => {
    sockets.add(client);
    client.on("error", () => undefined);
    serve(client).catch(() => client.destroy());
  };
  const server: Server = tls === undefined ? createServer(onClient) : createTlsServer(tls, onClient);
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Answers every CONNECT with `answer`, and connects to `to` when there is one. */
export async function startHttpProxy(
  to: number | undefined,
  answer = "HTTP/1.1 200 Connection established\r\n\r\n",
  tls?: TlsOptions,
): Promise<StandInProxy> {
  return await start(async (client, reader, asked) => {
    asked.push((await reader.until("\r\n\r\n", 10_000))?.toString("latin1") ?? "");
    client.write(answer);
    return to;
  }, tls);
}

/** SOCKS version 5; with `login` only for that user and password. `reply` other than 0 refuses. */
export async function startSocksProxy(
  to: number,
  { login, reply = 0, pieces = false }: { login?: string; reply?: number; pieces?: boolean } = {},
): Promise<StandInProxy> {
  return await start(async (client, reader, asked) => {
    const say = async (...bytes: readonly number[]): Promise<void> => {
      if (!pieces) client.write(Buffer.from(bytes));
      else
        for (const byte of bytes) {
          client.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
    };
    const [, count = 0] = await reader.exactly(2);
    const methods = await reader.exactly(count);
    const wanted = login === undefined ? 0 : 2;
    await say(5, methods.includes(wanted) ? wanted : 255);
    if (login !== undefined) {
      const [, userBytes = 0] = await reader.exactly(2);
      const user = (await reader.exactly(userBytes)).toString("utf8");
      const [passwordBytes = 0] = await reader.exactly(1);
      const password = (await reader.exactly(passwordBytes)).toString("utf8");
      await say(1, `${user}:${password}` === login ? 0 : 1);
    }
    const head = await reader.exactly(4);
    const length = head[3] === 3 ? await reader.exactly(1) : Buffer.alloc(0);
    const rest = await reader.exactly(head[3] === 1 ? 6 : head[3] === 4 ? 18 : (length[0] ?? 0) + 2);
    asked.push(Buffer.concat([head, length, rest]).toString("hex"));
    // A bound address that is a name: the rarest form.
    await say(5, reply, 0, 3, 2, 120, 121, 0, 0);
    return reply === 0 ? to : undefined;
  });
}
