import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { NOT_JSON, parseLine, readLines } from "./control-lines.ts";
import { writeProblem } from "./write-problem.ts";

/** Limits of the local control channel. */
export const CONTROL_LIMITS = {
  /** UTF-16 units of one line from a client. */
  lineBytes: 65_536,
  /** How long a client may take for its question; a stream may be silent for ever. Milliseconds. */
  idleMs: 5000,
  clients: 32,
  /** UTF-8 bytes of one line to a client. */
  answerLineBytes: 2_097_152,
  /** Bytes that wait for a client who does not read; more ends the connection. */
  backlogBytes: 25_165_824,
  /** How long they may wait; milliseconds. */
  stallMs: 10_000,
} as const;

export interface ControlServer {
  close(): Promise<void>;
}

/** Answers one question with one value, or with a promise of one. */
type ControlHandler = (method: string, params: unknown) => unknown;

/** The host's end of a stream: one JSON line for each message, in both directions. */
export interface ControlStream {
  /** A client that does not read is dropped; what is sent to one who is gone is lost. */
  send(message: unknown): void;
  close(): void;
}

export interface ControlStreamUser {
  /** A line of the client, or NOT_JSON. */
  onMessage(message: unknown): void;
  /** Called once, also when the host closes. */
  onClose(): void;
}

/** Takes in a client for a stream, or says why not. */
export type OpenControlStream = (
  stream: ControlStream,
  params: unknown,
) => ControlStreamUser | { readonly refused: string };

/**
 * The running host's own door for local commands: a socket that only its owner can open. The first line
 * is `{"method","params"?}`. Most methods answer with one line and hang up; those of `streams` go on until
 * one side closes. The caller holds the host lock, so a socket file found here is stale.
 */
export async function serveControlSocket(
  path: string,
  handle: ControlHandler,
  streams: Readonly<Record<string, OpenControlStream>> = {},
  idleMs: number = CONTROL_LIMITS.idleMs,
): Promise<ControlServer> {
  removeStaleSocket(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.setTimeout(idleMs, () => socket.destroy());
    serveClient(socket, handle, streams);
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

/** Whether a host would read the question: to a longer line it does not answer. */
export function fitsControlLine(method: string, params: unknown): boolean {
  return lineOf({ method, params }).length - 1 <= CONTROL_LIMITS.lineBytes;
}

/** Asks a running host; undefined when none answers. */
export async function askControlSocket(path: string, method: string, params?: unknown): Promise<unknown> {
  return await new Promise((resolve) => {
    const socket = createConnection(path);
    const finish = (value: unknown): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(CONTROL_LIMITS.idleMs, () => finish(undefined));
    socket.once("connect", () => socket.write(lineOf({ method, params })));
    readLines(socket, CONTROL_LIMITS.answerLineBytes, (line) => {
      const answer = parseLine(line);
      finish(answer === NOT_JSON ? undefined : answer);
    });
    socket.once("error", () => finish(undefined));
    socket.once("close", () => finish(undefined));
  });
}

/** One line, one answer, and the client is served; unless the method is a stream. */
function serveClient(
  socket: Socket,
  handle: ControlHandler,
  streams: Readonly<Record<string, OpenControlStream>>,
): void {
  socket.on("error", () => socket.destroy());
  const first = (line: string): void => {
    const request = readRequest(line);
    if (request !== undefined && Object.hasOwn(streams, request.method)) {
      const open = streams[request.method];
      if (open !== undefined) onLine = startStream(socket, open, request.params);
      return;
    }
    // What else comes is read and dropped, so that our answer is not lost with the connection.
    socket.removeAllListeners("data");
    socket.resume();
    void answerTo(request, handle).then((answer) => socket.end(answerLine(answer)));
  };
  let onLine = first;
  let answered = false;
  readLines(socket, CONTROL_LIMITS.lineBytes, (line) => {
    if (answered) return;
    const current = onLine;
    current(line);
    answered = current === first && onLine === first;
  });
}

/** Hands the connection over; what comes on it from now on goes to the result. */
function startStream(socket: Socket, open: OpenControlStream, params: unknown): (line: string) => void {
  socket.setTimeout(0);
  let stalled: NodeJS.Timeout | undefined;
  const stream: ControlStream = {
    send: (message) => {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(lineOf(message), () => {
        clearTimeout(stalled);
        stalled = undefined;
        if (socket.writableLength > 0) watchStall();
      });
      if (socket.writableLength > CONTROL_LIMITS.backlogBytes) socket.destroy();
      else if (socket.writableLength > 0) watchStall();
    },
    close: () => socket.end(),
  };
  const watchStall = (): void => {
    stalled ??= setTimeout(() => socket.destroy(), CONTROL_LIMITS.stallMs);
  };
  const user = open(stream, params);
  if ("refused" in user) {
    socket.setTimeout(CONTROL_LIMITS.idleMs);
    socket.end(lineOf({ ok: false, error: user.refused }));
    return () => undefined;
  }
  socket.once("close", () => {
    clearTimeout(stalled);
    user.onClose();
  });
  return (line) => user.onMessage(parseLine(line));
}

interface ControlRequest {
  readonly method: string;
  readonly params: unknown;
}

function readRequest(line: string): ControlRequest | undefined {
  const request = parseLine(line);
  if (request === NOT_JSON || typeof request !== "object" || request === null) return undefined;
  const method: unknown = Reflect.get(request, "method");
  return typeof method === "string" ? { method, params: Reflect.get(request, "params") } : undefined;
}

/** A question that cannot be answered must not end the host. */
async function answerTo(request: ControlRequest | undefined, handle: ControlHandler): Promise<unknown> {
  if (request === undefined) return { ok: false, error: "method required" };
  try {
    return await handle(request.method, request.params);
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** A client reads no longer line, and would take one for silence. */
function answerLine(answer: unknown): string {
  const line = lineOf(answer);
  if (Buffer.byteLength(line) <= CONTROL_LIMITS.answerLineBytes) return line;
  return lineOf({ ok: false, error: "the answer is too long for one line" });
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
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
