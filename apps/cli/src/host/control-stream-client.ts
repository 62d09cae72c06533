import { createConnection } from "node:net";
import { NOT_JSON, parseLine, readLines } from "./control-lines.ts";
import { CONTROL_LIMITS } from "./control-socket.ts";

/** A client's end of a stream of a running host. */
export interface ControlStreamClient {
  send(message: unknown): void;
  close(): void;
}

export type StreamEnd =
  /** Nobody listens there. */
  | { readonly kind: "no-host" }
  /** Somebody listens, but not for us; `code` is that of the system. */
  | { readonly kind: "unreachable"; readonly code: string }
  /** The other side closed, or `close` was called. */
  | { readonly kind: "ended" };

/** Opens a stream. `onEnd` is called once, and nothing after it. */
export function openControlStream(
  path: string,
  request: { readonly method: string; readonly params?: unknown },
  listener: { onMessage(message: unknown): void; onEnd(end: StreamEnd): void },
): ControlStreamClient {
  const socket = createConnection(path);
  let end: StreamEnd = { kind: "ended" };
  const write = (message: unknown): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  };
  socket.once("connect", () => write(request));
  readLines(socket, CONTROL_LIMITS.answerLineBytes, (line) => {
    const message = parseLine(line);
    if (message !== NOT_JSON) listener.onMessage(message);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    const code = error.code ?? error.message;
    if (code === "ENOENT" || code === "ECONNREFUSED") end = { kind: "no-host" };
    else if (!["ECONNRESET", "EPIPE"].includes(code)) end = { kind: "unreachable", code };
  });
  socket.once("close", () => listener.onEnd(end));
  return { send: write, close: () => socket.destroy() };
}
