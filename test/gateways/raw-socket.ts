// One WebSocket to a Gateway with everything that came over it kept in order.
// Knows nothing of roles or handshakes; the raw client and the invalid-frame cases build on it.
import { once } from "node:events";
import { WebSocket } from "ws";

/** Whatever JSON a Gateway sent: tests look into it freely. */
export type Json = any;

export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
}

export interface RawSocketOptions {
  readonly url: string;
  readonly headers?: Record<string, string>;
  /** Milliseconds until the upgrade must have happened. */
  readonly openLimitMs?: number;
}

export interface RawSocket {
  readonly ws: WebSocket;
  /** Every JSON frame received, in order. */
  readonly frames: Json[];
  /** Resolves once the socket is closed, whoever closed it. */
  readonly closed: Promise<CloseInfo>;
  closeInfo(): CloseInfo | undefined;
  /** Objects are sent as JSON, strings and buffers as they are. */
  send(frame: unknown): void;
  /** The first frame at or after index `from` that fits, past or future; rejects on close or after the limit. */
  frame(
    fits: (frame: Json) => boolean,
    options?: { from?: number; limitMs?: number; what?: string },
  ): Promise<Json>;
  close(code?: number): Promise<CloseInfo>;
}

export async function openRawSocket(options: RawSocketOptions): Promise<RawSocket> {
  const ws = new WebSocket(options.url, {
    // A test Gateway's certificate is self-signed, and the raw client tests frames, not certificates.
    rejectUnauthorized: false,
    perMessageDeflate: false,
    maxPayload: 64 * 1024 * 1024,
    handshakeTimeout: options.openLimitMs ?? 10_000,
    headers: options.headers ?? {},
  });
  const frames: Json[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let info: CloseInfo | undefined;
  let failure: Error | undefined;
  ws.on("message", (data) => {
    // Never anything else: no other binaryType is ever set.
    if (Buffer.isBuffer(data)) frames.push(parse(data.toString("utf8")));
    wake();
  });
  ws.on("error", (error) => {
    failure = error;
  });
  const closed = new Promise<CloseInfo>((resolve) => {
    ws.on("close", (code, reason) => {
      info = { code, reason: reason.toString("utf8") };
      wake();
      resolve(info);
    });
  });
  await once(ws, "open");
  return {
    ws,
    frames,
    closed,
    closeInfo: () => info,
    send: (frame) => {
      ws.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
    },
    frame: (fits, { from = 0, limitMs = 15_000, what = "a frame" } = {}) =>
      new Promise((resolve, reject) => {
        let next = from;
        const done = (): void => {
          waiting.delete(look);
          clearTimeout(timer);
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`no ${what} within ${limitMs} ms`));
        }, limitMs);
        const look = (): void => {
          for (; next < frames.length; next++) {
            if (!fits(frames[next])) continue;
            done();
            resolve(frames[next]);
            return;
          }
          if (info === undefined) return;
          done();
          reject(new Error(`closed ${info.code} \`${info.reason}\` before ${what}`, { cause: failure }));
        };
        waiting.add(look);
        look();
      }),
    close: (code = 1000) => {
      ws.close(code);
      return closed;
    },
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { type: "unparsable", text };
  }
}
