import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import { afterEach } from "vitest";

import { readReachPolicy } from "../address/reach-policy.ts";
import type { ReachConfig } from "../address/reach-policy.ts";
import { browserProxyLimits } from "../limits.ts";
import type { BrowserProxyLimits } from "../limits.ts";
import { EgressProxy } from "./egress-proxy.ts";
import type { EgressRecord } from "./egress-record.ts";
import { proxyAuthorization } from "./proxy-credentials.ts";
import { systemNetwork } from "./reach-host.ts";

type Close = () => Promise<void> | void;
const open: Close[] = [];

/** Ends after the test, the last one first. */
export function endLater(close: Close): void {
  open.push(close);
}

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

export interface ProxyUnderTest {
  readonly proxy: EgressProxy;
  readonly records: EgressRecord[];
  /** Addresses that the proxy connected to. */
  readonly dialed: string[];
  readonly auth: string;
}

/** Names of the test, and a network whose public addresses all lead to this machine. */
export interface TestNetwork {
  readonly config?: ReachConfig;
  readonly limits?: Partial<BrowserProxyLimits>;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  readonly dial?: (address: string, port: number) => Socket;
}

export async function startProxy(network: TestNetwork = {}): Promise<ProxyUnderTest> {
  const records: EgressRecord[] = [];
  const dialed: string[] = [];
  const proxy = await EgressProxy.start({
    policy: readReachPolicy(network.config ?? {}),
    limits: { ...browserProxyLimits, ...network.limits },
    onRecord: (record) => records.push(record),
    network: {
      resolve: network.resolve ?? (() => Promise.reject(new Error("ENOTFOUND"))),
      dial: (address, port) => {
        dialed.push(address);
        if (network.dial !== undefined) return network.dial(address, port);
        return systemNetwork.dial(address.startsWith("93.184.") ? "127.0.0.1" : address, port);
      },
    },
  });
  endLater(() => proxy.close());
  return { proxy, records, dialed, auth: proxyAuthorization(proxy.credentials) };
}

export async function startHttp(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  const port = await listening(server);
  endLater(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port };
}

export async function startTcp(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  endLater(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return await listening(server);
}

export async function listening(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

export function connectTo(port: number): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  endLater(() => {
    socket.destroy();
  });
  return socket;
}

/** Sends these bytes and gives everything that comes back until the other side ends. */
export function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connectTo(port);
  socket.write(bytes);
  return everything(socket);
}

export function everything(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("close", () => {
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
  });
}

/** Unlike `once`, an error before the end is no failure. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });
}

/** Gives what came up to and with `mark`. */
export function readUntil(socket: Socket, mark: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (!text.includes(mark)) return;
      socket.off("data", onData);
      resolve(text);
    };
    socket.on("data", onData);
    socket.once("close", () => {
      reject(new Error(`closed after ${text}`));
    });
  });
}

/** An open tunnel, or the answer that refused it. */
export async function tunnel(
  under: ProxyUnderTest,
  authority: string,
): Promise<{ socket: Socket; head: string }> {
  const socket = connectTo(under.proxy.port);
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${under.auth}\r\n\r\n`,
  );
  return { socket, head: await readUntil(socket, "\r\n\r\n") };
}

/** A plain request of a browser, and the whole answer. The connection is closed after it. */
export function get(under: ProxyUnderTest, url: string, more = ""): Promise<string> {
  const { host } = new URL(url);
  return exchange(
    under.proxy.port,
    `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nProxy-Authorization: ${under.auth}\r\n${more}\r\n`,
  );
}
