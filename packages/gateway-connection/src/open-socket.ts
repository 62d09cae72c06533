import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { aborted, describeOpenError, timedOut } from "./open-error.ts";
import { connectPinned } from "./pinned-tls.ts";

/** The TCP or TLS stream below each open WebSocket. */
const LINKS = new WeakMap<WebSocket, Socket>();

/** Sends a text; all that is sent in one turn of the event loop leaves in one write. */
export function sendText(socket: WebSocket, text: string): void {
  const link = LINKS.get(socket);
  link?.cork();
  socket.send(text);
  if (link !== undefined) process.nextTick(() => link.uncork());
}

/**
 * Opens the WebSocket; it is paused, so that nothing is lost before a listener is attached. With a pin,
 * TLS is finished and the leaf certificate compared before a single byte of the upgrade request is sent;
 * chain, name and expiry do not count then.
 * Throws `unreachable`, `tls-failed`, `fingerprint-mismatch`, `not-a-gateway`, `aborted`.
 */
export async function openSocket(
  endpoint: GatewayEndpoint,
  signal?: AbortSignal,
  limits: Pick<ConnectionLimits, "openMs" | "inboundFrameBytes"> = CONNECTION_LIMITS,
): Promise<WebSocket> {
  if (signal?.aborted === true) throw aborted();
  const giveUp = new AbortController();
  const onAbort = (): void => giveUp.abort(aborted());
  signal?.addEventListener("abort", onAbort, { once: true });
  // One deadline for all steps; the idle time-outs of the libraries start anew with every byte.
  const deadline = setTimeout(() => giveUp.abort(timedOut(endpoint)), limits.openMs);
  try {
    const { tlsFingerprint } = endpoint;
    const pinned =
      tlsFingerprint === undefined ? undefined : await connectPinned(endpoint, tlsFingerprint, giveUp.signal);
    return await upgrade(endpoint, pinned, giveUp.signal, limits.inboundFrameBytes);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function upgrade(
  endpoint: GatewayEndpoint,
  pinned: TLSSocket | undefined,
  giveUp: AbortSignal,
  maxPayload: number,
): Promise<WebSocket> {
  return await new Promise<WebSocket>((resolve, reject) => {
    const socket = new WebSocket(endpoint.url, {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload,
      ...(pinned === undefined ? {} : { createConnection: () => pinned }),
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
    socket.once("upgrade", (response) => LINKS.set(socket, response.socket));
    // Stays attached: an error after the open also leads to a close, which the session reports.
    socket.on("error", (cause) => {
      settle();
      reject(describeOpenError(endpoint, cause));
    });
    socket.once("unexpected-response", (request, response) => {
      settle();
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
