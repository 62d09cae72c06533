import type { ReachReason } from "../address/reach.ts";

/** Why a connection of the browser did not come about. */
export type EgressReason =
  | ReachReason
  | "bad-request"
  | "own-proxy"
  | "resolve-failed"
  | "connect-failed"
  | "timed-out"
  | "bad-response"
  | "closed";

/**
 * What the proxy reports: one `decided` for each request of the browser that presented the credentials, and one `ended`
 * for each that was allowed. It holds origins only: no path, no header, no content, no resolved address.
 */
export type EgressRecord =
  | {
      readonly kind: "decided";
      /** Counts the requests of one proxy. */
      readonly serial: number;
      readonly form: "tunnel" | "http";
      /** `host:port`, or undefined when the request named none that can be read. */
      readonly target: string | undefined;
      readonly allowed: boolean;
      readonly reason: EgressReason | undefined;
    }
  | {
      readonly kind: "ended";
      readonly serial: number;
      readonly target: string;
      /** From the browser to the host, and back, in bytes. */
      readonly bytesUp: number;
      readonly bytesDown: number;
      /** Set when there was no connection after all. */
      readonly reason: EgressReason | undefined;
    };
