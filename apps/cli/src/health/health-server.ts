import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createConnection } from "node:net";
import type { StatusDocument } from "../host/host-status.ts";
import { writeProblem } from "../host/write-problem.ts";
import type { HostCounters } from "./host-counters.ts";
import { namesUs, type ListenAddress } from "./listen-address.ts";
import { metricsText } from "./metrics-text.ts";
import { readinessOf } from "./readiness.ts";

export const HEALTH_LIMITS = {
  clients: 32,
  /** All headers of a request; bytes. */
  headerBytes: 8192,
  /** How long a client may take for its request, and for reading the answer; milliseconds. */
  requestMs: 5000,
} as const;

export interface HealthFacts {
  readonly counters: HostCounters;
  readonly status: () => StatusDocument;
  readonly activeRuns: () => number;
}

export interface HealthServer {
  /** What a person types to reach it. */
  readonly at: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = "text/plain; charset=utf-8";

/** Serves `/healthz`, `/readyz` and `/metrics`, and nothing else. Rejects when it cannot listen there. */
export async function serveHealth(address: ListenAddress, facts: HealthFacts): Promise<HealthServer> {
  const { headerBytes, requestMs, clients } = HEALTH_LIMITS;
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      // Each connection has a timer of its own: looking at all of them would wake a machine that sleeps.
      headersTimeout: 0,
      requestTimeout: 0,
      keepAlive: false,
    },
    (request, response) => send(request, response, answerTo(request, address, facts)),
  );
  server.maxConnections = clients;
  // One request on one connection, so that its time is the connection's.
  server.on("connection", (socket) => {
    const late = setTimeout(() => socket.destroy(), requestMs).unref();
    socket.once("close", () => clearTimeout(late));
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  await listen(server, address);
  // A monitor must not keep a host alive that is over.
  server.unref();
  return {
    at: nameOf(server, address),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerTo(request: IncomingMessage, address: ListenAddress, facts: HealthFacts): Answer {
  if (!namesUs(request.headers.host, address))
    return { status: 421, type: TEXT, body: "the Host header must be the address, not another name\n" };
  if (request.method !== "GET" && request.method !== "HEAD")
    return { status: 405, type: TEXT, body: "only GET and HEAD\n" };
  const path = (request.url ?? "").split("?")[0];
  if (path === "/healthz") return { status: 200, type: TEXT, body: "ok\n" };
  if (path === "/readyz") {
    const readiness = readinessOf(facts.status());
    const body = `${JSON.stringify(readiness)}\n`;
    return { status: readiness.ready ? 200 : 503, type: "application/json", body };
  }
  if (path !== "/metrics") return { status: 404, type: TEXT, body: "/healthz, /readyz or /metrics\n" };
  const { user, system } = process.cpuUsage();
  const body = metricsText({
    counters: facts.counters,
    status: facts.status(),
    activeRuns: facts.activeRuns(),
    memory: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
  });
  return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  // A body is not read: the connection ends with the answer.
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
    ...(status === 405 ? { Allow: "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function listen(server: Server, address: ListenAddress): Promise<void> {
  if (address.kind === "socket") await removeDeadSocket(address.path);
  const umask = address.kind === "socket" ? process.umask(0o177) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      const listening = (): void => {
        server.removeListener("error", reject);
        server.on("error", () => undefined);
        resolve();
      };
      if (address.kind === "socket") server.listen(address.path, listening);
      else server.listen(address.port, address.host, listening);
    });
    if (address.kind === "socket") chmodSync(address.path, 0o600);
  } catch (error) {
    throw address.kind === "socket"
      ? writeProblem(error, address.path, "listen for health checks at")
      : new Error(`could not listen at ${address.host}:${address.port}: ${reasonOf(error)}`, {
          cause: error,
        });
  } finally {
    if (umask !== undefined) process.umask(umask);
  }
}

function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code === "EADDRINUSE") return "the port is in use";
  if (code === "EACCES") return "permission denied";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "it is no address of this machine";
  return String(code ?? error);
}

/** What the last host left behind; a socket at which somebody answers stays. */
async function removeDeadSocket(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  if (!isSocket) return;
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createConnection(path, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (code === "ECONNREFUSED") unlinkSync(path);
}

function nameOf(server: Server, address: ListenAddress): string {
  if (address.kind === "socket") return address.path;
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${port}`;
}
