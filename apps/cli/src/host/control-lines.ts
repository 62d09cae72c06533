import type { Socket } from "node:net";

/** A line that is no JSON; every other value can be JSON. */
export const NOT_JSON: unique symbol = Symbol("not JSON");

export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
}

/**
 * Cuts what comes into lines, each at most `limit` UTF-16 units long; `onLine` may be another one from
 * line to line. A longer line ends the connection.
 */
export function readLines(socket: Socket, limit: number, onLine: (line: string) => void): void {
  let parts: string[] = [];
  let length = 0;
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    let rest = chunk;
    for (let end = rest.indexOf("\n"); end >= 0 && !socket.destroyed; end = rest.indexOf("\n")) {
      if (length + end > limit) {
        socket.destroy();
        return;
      }
      const line = `${parts.join("")}${rest.slice(0, end)}`;
      parts = [];
      length = 0;
      rest = rest.slice(end + 1);
      onLine(line);
    }
    parts.push(rest);
    length += rest.length;
    if (length > limit) socket.destroy();
  });
}
