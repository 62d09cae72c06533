import type { ErrorShape, ResponseFrame } from "@openclaw/protocol";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
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
