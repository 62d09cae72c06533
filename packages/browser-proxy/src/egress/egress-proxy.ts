import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { authorityText, hostOfAuthority, hostOfUrl, parsedUrl } from "../address/page-host.ts";
import type { PageHost } from "../address/page-host.ts";
import type { ReachPolicy } from "../address/reach-policy.ts";
import { browserProxyLimits } from "../limits.ts";
import type { BrowserProxyLimits } from "../limits.ts";
import type { EgressReason, EgressRecord } from "./egress-record.ts";
import { egressRefusal, rawAnswer, refusalPage, refusalStatus } from "./egress-refusal.ts";
import type { EgressRefusal } from "./egress-refusal.ts";
import { isAmbiguousRequest } from "./forward-headers.ts";
import { forwardRequest } from "./forward.ts";
import { isAuthorized, makeProxyCredentials } from "./proxy-credentials.ts";
import type { ProxyCredentials } from "./proxy-credentials.ts";
import { dialJudged, judgedAddresses, systemNetwork } from "./reach-host.ts";
import type { EgressNetwork, ReachQuestion } from "./reach-host.ts";
import { joinSockets } from "./tunnel.ts";
import type { Traffic } from "./tunnel.ts";

export interface EgressProxyOptions {
  readonly policy: ReachPolicy;
  /** Told about every decision. What it throws is dropped. */
  readonly onRecord?: (record: EgressRecord) => void;
  readonly credentials?: ProxyCredentials;
  readonly network?: EgressNetwork;
  readonly limits?: BrowserProxyLimits;
}

const authHeader = ["Proxy-Authenticate", 'Basic realm="browser", charset="UTF-8"'] as const;
const authSentence = "this proxy serves one browser only";

/**
 * The one way out of a managed browser: an HTTP proxy on a free loopback port that asks for the credentials of this
 * browser start, resolves and judges every host itself, and connects to the judged address. `close` ends everything.
 */
export class EgressProxy {
  readonly credentials: ProxyCredentials;
  readonly #options: EgressProxyOptions;
  readonly #limits: BrowserProxyLimits;
  readonly #server: Server;
  readonly #stop = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #busy = new WeakSet<Duplex>();
  #serial = 0;

  private constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.credentials = options.credentials ?? makeProxyCredentials();
    const limits = options.limits ?? browserProxyLimits;
    this.#limits = limits;
    this.#server = createServer({
      maxHeaderSize: limits.proxyHeaderBytes,
      headersTimeout: limits.proxyHeaderMs,
      // Bodies may be long; one that stands still is ended by the idle limit.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1_000, limits.proxyHeaderMs),
      insecureHTTPParser: false,
    });
    this.#server.maxConnections = limits.proxyConnections;
    this.#server.timeout = limits.requestIdleMs;
    this.#server.on("connection", (socket) => {
      this.#own(socket);
    });
    this.#server.on("request", (incoming, answer) => void this.#onRequest(incoming, answer));
    this.#server.on("connect", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      void this.#onConnect(incoming, socket, head);
    });
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      // In the middle of an answer another one would be read as its body.
      if (!socket.writable || this.#busy.has(socket)) socket.destroy();
      else endWith(socket, rawAnswer(clientErrorStatus(error), egressRefusal("bad-request").sentence));
    });
  }

  /** Listens on a free port of 127.0.0.1. Rejects with the system's error when there is none. */
  static start(options: EgressProxyOptions): Promise<EgressProxy> {
    const proxy = new EgressProxy(options);
    return new Promise((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, () => {
        proxy.#server.removeListener("error", reject);
        resolve(proxy);
      });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" ? (address?.port ?? 0) : 0;
  }

  /** Refuses what waits, breaks what runs, and resolves when no socket is left. May be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #onRequest(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const near = incoming.socket;
    // A browser waits for its answer; a second request before it is somebody else's.
    if (this.#busy.has(near)) {
      near.destroy();
      return;
    }
    this.#busy.add(near);
    answer.once("finish", () => this.#busy.delete(near));
    const refuse = (refusal: EgressRefusal): void => {
      sendPage(answer, refusalStatus(refusal.reason), refusal.sentence);
    };
    if (!isAuthorized(incoming.headers["proxy-authorization"], this.credentials)) {
      sendPage(answer, 407, authSentence, authHeader);
      return;
    }
    const asked = plainTarget(incoming);
    const way = await this.#reach("http", asked?.target);
    if (!way.ok || asked === undefined) {
      refuse(way.ok ? egressRefusal("bad-request") : way);
      return;
    }
    const forwarding = { incoming, answer, refuse, socket: way.socket, limits: this.#limits, ...asked };
    this.#ended(way.serial, asked.target, await forwardRequest(forwarding));
  }

  async #onConnect(incoming: IncomingMessage, near: Socket, head: Buffer): Promise<void> {
    near.on("error", () => near.destroy());
    near.setTimeout(this.#limits.requestIdleMs, () => near.destroy());
    if (!isAuthorized(incoming.headers["proxy-authorization"], this.credentials)) {
      endWith(near, rawAnswer(407, authSentence, authHeader));
      return;
    }
    const way = await this.#reach("tunnel", tunnelTarget(incoming));
    if (!way.ok) {
      endWith(near, rawAnswer(refusalStatus(way.reason), way.sentence));
      return;
    }
    near.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) way.socket.write(head);
    const traffic = await joinSockets(near, way.socket, this.#limits.tunnelIdleMs);
    this.#ended(way.serial, way.target, traffic);
  }

  /** Judges and dials, and reports the decision before the first byte leaves the machine. */
  async #reach(
    form: "tunnel" | "http",
    target: PageHost | undefined,
  ): Promise<{ ok: true; serial: number; target: PageHost; socket: Socket } | EgressRefusal> {
    const serial = (this.#serial += 1);
    const decided = (allowed: boolean, reason?: EgressReason): void => {
      const text = target === undefined ? undefined : authorityText(target);
      this.#report({ kind: "decided", serial, form, target: text, allowed, reason });
    };
    if (target === undefined) {
      decided(false, "bad-request");
      return egressRefusal("bad-request");
    }
    const { policy, network = systemNetwork } = this.#options;
    const question: ReachQuestion = {
      target,
      policy,
      network,
      limits: this.#limits,
      ownPort: this.port,
      signal: this.#stop.signal,
    };
    const judged = await judgedAddresses(question);
    decided(judged.ok, judged.ok ? undefined : judged.reason);
    if (!judged.ok) return judged;
    const dialed = await dialJudged(judged.addresses, question);
    if (!dialed.ok) {
      this.#ended(serial, target, { bytesUp: 0, bytesDown: 0 }, dialed.reason);
      return dialed;
    }
    this.#own(dialed.socket);
    return { ok: true, serial, target, socket: dialed.socket };
  }

  #ended(serial: number, target: PageHost, traffic: Traffic, reason?: EgressReason): void {
    this.#report({ kind: "ended", serial, target: authorityText(target), ...traffic, reason });
  }

  #report(record: EgressRecord): void {
    try {
      this.#options.onRecord?.(record);
    } catch {
      // Whoever listens must not be able to break the way out, or to open it.
    }
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#stop.signal.aborted) socket.destroy();
  }
}

/** The host and path of `GET http://host/path`. Undefined for every other form, and for what can be read in two ways. */
function plainTarget(incoming: IncomingMessage): { target: PageHost; path: string } | undefined {
  const text = incoming.url ?? "";
  if (!/^http:\/\/[^@/?#\\]+(?:[/?]|$)/i.test(text) || text.length > browserProxyLimits.urlChars)
    return undefined;
  const url = parsedUrl(text);
  const target = url === undefined ? undefined : hostOfUrl(url);
  if (url === undefined || target === undefined || incoming.httpVersion !== "1.1") return undefined;
  if (isAmbiguousRequest(incoming.rawHeaders, target)) return undefined;
  return { target, path: `${url.pathname}${url.search}` };
}

function tunnelTarget(incoming: IncomingMessage): PageHost | undefined {
  const target = hostOfAuthority(incoming.url ?? "");
  const hasBody =
    incoming.headers["content-length"] !== undefined || incoming.headers["transfer-encoding"] !== undefined;
  return hasBody || incoming.rawHeaders.length > browserProxyLimits.proxyHeaders * 2 ? undefined : target;
}

function sendPage(
  answer: ServerResponse,
  status: number,
  sentence: string,
  more: readonly string[] = [],
): void {
  if (answer.headersSent || answer.destroyed) {
    answer.destroy();
    return;
  }
  const { headers, body } = refusalPage(sentence);
  answer.sendDate = false;
  answer.writeHead(status, [...headers, ...more]);
  answer.end(answer.req.method === "HEAD" ? undefined : body);
}

/** The last words on a socket: it is gone once they are out, whatever the other side does. */
function endWith(socket: Duplex, text: string): void {
  socket.end(text, () => socket.destroy());
}

function clientErrorStatus({ code }: NodeJS.ErrnoException): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}
