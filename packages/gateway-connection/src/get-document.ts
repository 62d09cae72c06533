import { request, type IncomingMessage } from "node:http";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { describeOpenError, timedOut } from "./open-error.ts";
import { headersOf, type GatewayWay } from "./open-socket.ts";
import { openStream } from "./open-stream.ts";
import { shownText } from "./shown-text.ts";

/** What a Gateway's HTTP side answered. */
export interface HttpDocument {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Asks for one path of a Gateway, once: nothing is repeated, no redirect is followed, the certificate is judged before
 * the path and the headers are sent. Throws what opening throws, and `not-a-gateway` for an answer that is too large or no text.
 */
export async function getDocument(
  endpoint: GatewayEndpoint,
  path: string,
  way: Pick<GatewayWay, "env" | "headers"> = {},
  limits: Pick<ConnectionLimits, "openMs" | "documentBytes"> = CONNECTION_LIMITS,
): Promise<HttpDocument> {
  const giveUp = new AbortController();
  const deadline = setTimeout(() => giveUp.abort(timedOut(endpoint)), limits.openMs);
  try {
    const headers = await headersOf(way);
    const stream = await openStream(endpoint, giveUp.signal, way.env ?? {});
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({
        host: endpoint.host,
        port: endpoint.port,
        path,
        headers: { ...headers, accept: "application/json", host: new URL(endpoint.url).host },
        signal: giveUp.signal,
        // An agent would make a connection of its own.
        ...(stream === undefined ? { agent: false } : { createConnection: () => stream }),
      });
      asked.once("response", resolve);
      asked.once("error", (cause) =>
        reject(giveUp.signal.aborted ? giveUp.signal.reason : describeOpenError(endpoint, cause)),
      );
      asked.end();
    });
    const text = await bodyOf(response, limits.documentBytes, endpoint, giveUp.signal);
    return { status: response.statusCode ?? 0, contentType: response.headers["content-type"] ?? "", text };
  } finally {
    clearTimeout(deadline);
  }
}

async function bodyOf(
  response: IncomingMessage,
  maxBytes: number,
  endpoint: GatewayEndpoint,
  giveUp: AbortSignal,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      const part: Buffer = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      chunks.push(part);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    if (giveUp.aborted) throw giveUp.reason;
    const why = shownText(cause instanceof Error ? cause.message : String(cause), 200);
    throw new ConnectionError(
      "not-a-gateway",
      `the answer of ${endpoint.host}:${endpoint.port} cannot be read: ${why}`,
      {},
      { cause },
    );
  } finally {
    response.destroy();
  }
}
