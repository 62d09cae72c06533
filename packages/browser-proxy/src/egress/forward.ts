import { request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { PageHost } from "../address/page-host.ts";
import type { BrowserProxyLimits } from "../limits.ts";
import { egressRefusal } from "./egress-refusal.ts";
import type { EgressRefusal } from "./egress-refusal.ts";
import { forwardedRequest, forwardedResponse } from "./forward-headers.ts";
import type { Traffic } from "./tunnel.ts";

export interface Forwarding {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly target: PageHost;
  /** Path and query, as the URL parser gave them back. */
  readonly path: string;
  /** Connected to a judged address; ours to end. */
  readonly socket: Socket;
  readonly limits: BrowserProxyLimits;
  /** Called when the host's answer cannot be passed on and nothing has been sent yet. */
  readonly refuse: (refusal: EgressRefusal) => void;
}

/**
 * Sends one plain request over one new connection and passes the answer back. The request is written anew from what our
 * parser read, and the answer likewise, so that the host and we cannot disagree about where a message ends.
 */
export function forwardRequest(forwarding: Forwarding): Promise<Traffic> {
  const { incoming, answer, target, path, socket, limits, refuse } = forwarding;
  return new Promise((resolve) => {
    const method = incoming.method ?? "GET";
    const outgoing = request({
      createConnection: () => socket,
      method,
      path,
      headers: forwardedRequest(incoming.rawHeaders, method, target),
      setHost: false,
      maxHeaderSize: limits.proxyHeaderBytes,
      insecureHTTPParser: false,
    });
    const fail = (reason: "bad-response" | "timed-out"): void => {
      socket.destroy();
      // Half an answer must not look like a whole one.
      if (answer.headersSent) answer.destroy();
      else refuse(egressRefusal(reason));
    };
    socket.setTimeout(limits.requestIdleMs, () => {
      fail("timed-out");
    });
    outgoing.on("error", () => {
      fail("bad-response");
    });
    // A switch of protocols that nobody asked for.
    outgoing.on("upgrade", () => {
      fail("bad-response");
    });
    outgoing.on("response", (response) => {
      passBack(response, answer, fail);
    });
    answer.once("close", () => {
      outgoing.destroy();
      socket.destroy();
    });
    const ended = (): void => {
      resolve({ bytesUp: socket.bytesWritten, bytesDown: socket.bytesRead });
    };
    if (socket.closed) ended();
    else socket.once("close", ended);
    incoming.on("error", () => {
      outgoing.destroy();
    });
    incoming.pipe(outgoing);
    if (answer.destroyed) socket.destroy();
  });
}

function passBack(
  response: IncomingMessage,
  answer: ServerResponse,
  fail: (reason: "bad-response") => void,
): void {
  response.on("error", () => {
    fail("bad-response");
  });
  response.once("aborted", () => {
    fail("bad-response");
  });
  try {
    answer.sendDate = false;
    answer.writeHead(response.statusCode ?? 502, forwardedResponse(response.rawHeaders));
  } catch {
    fail("bad-response");
    return;
  }
  response.pipe(answer);
}
