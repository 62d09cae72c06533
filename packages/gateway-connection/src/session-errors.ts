import type { ErrorShape, ResponseFrame } from "@openclaw/protocol";
import type { GatewayEndpoint } from "./endpoint.ts";
import { describeClose } from "./close-text.ts";
import { ConnectionError, type SocketClose } from "./errors.ts";
import { shownText } from "./shown-text.ts";

/** The error of a failed response; a Gateway may have left it out. */
export function errorOf(frame: ResponseFrame): ErrorShape {
  return frame.error ?? { code: "UNAVAILABLE", message: "the Gateway gave no reason" };
}

/** A server that speaks WebSocket, but not what a Gateway says before hello. */
export function notAGateway(endpoint: GatewayEndpoint, why: string): ConnectionError {
  return new ConnectionError(
    "protocol-violation",
    `the server at ${endpoint.host}:${endpoint.port} does not follow the Gateway protocol: ${shownText(why)}`,
  );
}

export function handshakeTimeout({ host, port }: GatewayEndpoint, ms: number): ConnectionError {
  return new ConnectionError(
    "handshake-timeout",
    `the server at ${host}:${port} accepted the connection but did not finish the Gateway handshake in ${ms / 1000} s`,
  );
}

export function connectTooLarge(): ConnectionError {
  return new ConnectionError(
    "too-large",
    "the connect frame would be larger than 64 KiB; shorten PATH or the display name",
  );
}

export function closedBeforeHello(close: SocketClose): ConnectionError {
  const why = `the Gateway closed the connection before hello (${describeClose(close)})`;
  return new ConnectionError("closed", why, { close });
}

export function closedUnanswered(method: string, close: SocketClose): ConnectionError {
  const why = `${method} got no answer: connection closed (${describeClose(close)})`;
  return new ConnectionError("closed", why, { close, method });
}
