import type { Socket } from "node:net";

/** Bytes that went through, counted at the far end. */
export interface Traffic {
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/**
 * Joins two sockets until both directions have ended, one of them breaks, or nothing moves for `idleMs`. Each side may
 * end its half first. Both are destroyed when this resolves.
 */
export function joinSockets(near: Socket, far: Socket, idleMs: number): Promise<Traffic> {
  return new Promise((resolve) => {
    let open = 2;
    const stop = (): void => {
      near.destroy();
      far.destroy();
    };
    const closed = (): void => {
      open -= 1;
      if (open === 0) resolve({ bytesUp: far.bytesWritten, bytesDown: far.bytesRead });
      else stop();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", stop);
      // What one side sends the other one is sent: a socket that is idle has an idle partner.
      from.setTimeout(idleMs, stop);
      if (from.closed) closed();
      else from.once("close", closed);
      from.pipe(to);
    }
  });
}
