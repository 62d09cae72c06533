import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { writeProblem } from "./write-problem.ts";

/** Limits of the local control channel. */
export const CONTROL_LIMITS = { lineBytes: 65_536, idleMs: 5000, clients: 32 } as const;

export interface ControlServer {
  close(): Promise<void>;
}

type ControlHandler = (method: string) => unknown;

/**
 * The running host's own door for local commands: a socket that only its owner can open,
 * one JSON line each way. The caller holds the host lock, so a socket file found here is stale.
 */
export async function serveControlSocket(path: string, handle: ControlHandler): Promise<ControlServer> {
  removeStaleSocket(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    serveClient(socket, handle);
  });
  server.maxConnections = CONTROL_LIMITS.clients;
  const umask = process.umask(0o177);
  try {
    await listen(server, path);
    chmodSync(path, 0o600);
  } catch (error) {
    throw writeProblem(error, path, "open the control socket");
  } finally {
    process.umask(umask);
  }
  return {
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Asks a running host; undefined when none answers. */
export async function askControlSocket(path: string, method: string): Promise<unknown> {
  return await new Promise((resolve) => {
    const socket = createConnection(path);
    let text = "";
    const finish = (value: unknown): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(CONTROL_LIMITS.idleMs, () => finish(undefined));
    socket.setEncoding("utf8");
    socket.once("connect", () => socket.write(`${JSON.stringify({ method })}\n`));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) finish(parseLine(text.slice(0, end)));
      else if (text.length > CONTROL_LIMITS.lineBytes) finish(undefined);
    });
    socket.once("error", () => finish(undefined));
    socket.once("end", () => finish(undefined));
  });
}

/** One line, one answer, and the client is served. */
function serveClient(socket: Socket, handle: ControlHandler): void {
  let text = "";
  socket.setEncoding("utf8");
  socket.setTimeout(CONTROL_LIMITS.idleMs, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end >= 0) {
      socket.removeAllListeners("data");
      // What else comes is read and dropped, so that our answer is not lost with the connection.
      socket.resume();
      socket.end(`${JSON.stringify(answerTo(text.slice(0, end), handle))}\n`);
    } else if (text.length > CONTROL_LIMITS.lineBytes) socket.destroy();
  });
}

/** A question that cannot be answered must not end the host. */
function answerTo(line: string, handle: ControlHandler): unknown {
  const request = parseLine(line);
  const method: unknown =
    typeof request === "object" && request !== null ? Reflect.get(request, "method") : undefined;
  if (typeof method !== "string") return { ok: false, error: "method required" };
  try {
    return handle(method);
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function removeStaleSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // Absent, which is the usual case; anything else shows when we listen.
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
