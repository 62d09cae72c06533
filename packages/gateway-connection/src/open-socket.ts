import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { aborted, describeOpenError, timedOut } from "./open-error.ts";
import { openStream } from "./open-stream.ts";
import type { UpgradeHeader } from "./upgrade-headers.ts";

/** How a connection gets to its Gateway, besides the address. */
export interface GatewayWay {
  /** Where the variables of proxies and the system's authorities are looked up; default: this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** More headers for the upgrade request, asked for before each attempt; a ConnectionError fails that attempt. */
  readonly headers?: () => Promise<readonly UpgradeHeader[]>;
  /** Called with the head of what the server answered to the upgrade request, also where that is no upgrade. */
  readonly onAnswer?: (head: IncomingMessage) => void;
}

/** The TCP or TLS stream below each open WebSocket. */
const LINKS = new WeakMap<WebSocket, Socket>();

/** Sends a text; all that is sent in one turn of the event loop leaves in one write. `onSent`: the system took it. */
export function sendText(socket: WebSocket, text: string, onSent?: () => void): void {
  const link = LINKS.get(socket);
  link?.cork();
  socket.send(text, onSent);
  if (link !== undefined) process.nextTick(() => link.uncork());
}

/**
 * Opens the WebSocket; it is paused, so that nothing is lost before a listener is attached.
 * TLS is finished and its certificate judged before a single byte of the upgrade request is sent.
 * Throws `unreachable`, `tls-failed`, `fingerprint-mismatch`, `bad-ca-file`, `bad-proxy`, `bad-header`, `proxy-failed`,
 * `not-a-gateway`, `aborted`.
 */
export async function openSocket(
  endpoint: GatewayEndpoint,
  signal?: AbortSignal,
  way: GatewayWay = {},
  limits: Pick<ConnectionLimits, "openMs" | "inboundFrameBytes"> = CONNECTION_LIMITS,
  onResolved?: () => void,
): Promise<WebSocket> {
  if (signal?.aborted === true) throw aborted();
  const giveUp = new AbortController();
  const onAbort = (): void => giveUp.abort(aborted());
  signal?.addEventListener("abort", onAbort, { once: true });
  // One deadline for all steps; the idle time-outs of the libraries start anew with every byte.
  const deadline = setTimeout(() => giveUp.abort(timedOut(endpoint)), limits.openMs);
  try {
    const headers = await headersOf(way);
    const stream = await openStream(endpoint, giveUp.signal, way.env ?? process.env, onResolved);
    return await upgrade(endpoint, stream, headers, giveUp.signal, limits.inboundFrameBytes, way.onAnswer);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** What `way` adds to a request; throws `bad-header`. */
export async function headersOf(way: GatewayWay): Promise<Readonly<Record<string, string>>> {
  const more = (await way.headers?.()) ?? [];
  return more.length === 0 ? {} : (await import("./upgrade-headers.ts")).checkHeaders(more);
}

async function upgrade(
  endpoint: GatewayEndpoint,
  stream: Duplex,
  headers: Readonly<Record<string, string>>,
  giveUp: AbortSignal,
  maxPayload: number,
  onAnswer: GatewayWay["onAnswer"],
): Promise<WebSocket> {
  return await new Promise<WebSocket>((resolve, reject) => {
    const socket = new WebSocket(endpoint.url, {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload,
      headers,
      createConnection: () => stream,
    });
    const settle = (): void => {
      giveUp.removeEventListener("abort", onGiveUp);
      socket.removeAllListeners("open");
      socket.removeAllListeners("unexpected-response");
    };
    const onGiveUp = (): void => {
      settle();
      reject(giveUp.reason);
      socket.terminate();
    };
    socket.once("upgrade", (response) => {
      LINKS.set(socket, response.socket);
      onAnswer?.(response);
    });
    // Stays attached: an error after the open also leads to a close, which the session reports.
    socket.on("error", (cause) => {
      settle();
      reject(describeOpenError(endpoint, cause));
    });
    socket.once("unexpected-response", (request, response) => {
      settle();
      onAnswer?.(response);
      const status = response.statusCode ?? 0;
      reject(
        new ConnectionError(
          "not-a-gateway",
          `\`${endpoint.url}\` answered HTTP ${status} instead of a WebSocket upgrade; check host, port and context path`,
          { status },
        ),
      );
      request.destroy();
    });
    socket.once("open", () => {
      socket.pause();
      settle();
      resolve(socket);
    });
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    if (giveUp.aborted) onGiveUp();
  });
}
