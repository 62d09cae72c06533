import { LIMITS } from "./limits.ts";

export interface Close {
  readonly code: number;
  readonly reason: string;
}

type CloseName =
  | "serviceRestart"
  | "deviceRemoved"
  | "repeatedCalls"
  | "slowConsumer"
  | "frameTooLarge"
  | "tooMany"
  | "notConnectFirst"
  | "notARequest"
  | "protocolMismatch"
  | "quiet";

/** How the Gateway ends a socket. Source: protocol sections 3.1 and 3.2. */
export const CLOSES: Readonly<Record<CloseName, Close>> = {
  serviceRestart: { code: 1012, reason: "service restart" },
  deviceRemoved: { code: 4001, reason: "device removed" },
  repeatedCalls: { code: 1008, reason: "repeated unauthorized calls" },
  slowConsumer: { code: 1008, reason: "slow consumer" },
  frameTooLarge: { code: 1009, reason: "" },
  tooMany: { code: 1013, reason: "too many connections" },
  notConnectFirst: { code: 1008, reason: "invalid handshake: first request must be connect" },
  notARequest: { code: 1008, reason: "invalid request frame" },
  protocolMismatch: { code: 1002, reason: "protocol mismatch" },
  /** Silence until the time limit, or text that is not JSON. */
  quiet: { code: 1000, reason: "" },
};

/** A close for a refused connect: the reason repeats the message, cut to what a close frame holds. */
export function refusalClose(reason: string): Close {
  let text = reason;
  while (Buffer.byteLength(text) > LIMITS.closeReasonBytes) text = text.slice(0, -1);
  return { code: 1008, reason: text };
}
