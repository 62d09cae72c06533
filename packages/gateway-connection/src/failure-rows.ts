import type { ConnectionErrorCode } from "./errors.ts";
import { NOTHING } from "./reaction-rows.ts";

/** What follows an attempt that did not get as far as an answer. */
export type FailureReaction = "reconnect" | "gateway-restarts" | "fix";

export interface FailureRow {
  readonly code: ConnectionErrorCode;
  /** Codes of the operating system, statuses of HTTP or codes of a close; any, where there are none. */
  readonly only?: readonly (string | number)[];
  readonly reaction: FailureReaction;
  readonly remedy: string;
}

/** Every way in which an attempt fails before the Gateway says anything about it. The first row that fits counts. */
export const FAILURE_ROWS: readonly FailureRow[] = [
  {
    code: "unreachable",
    only: ["ECONNREFUSED"],
    reaction: "gateway-restarts",
    remedy: "start the Gateway; check host and port",
  },
  {
    code: "unreachable",
    reaction: "reconnect",
    remedy: "check the name, the network and firewalls: openclaw node doctor",
  },
  {
    code: "proxy-failed",
    reaction: "reconnect",
    remedy: "check the proxy variables and what the proxy said",
  },
  {
    code: "not-a-gateway",
    only: [502, 503, 504],
    reaction: "gateway-restarts",
    remedy: "start the Gateway behind the proxy",
  },
  { code: "not-a-gateway", reaction: "reconnect", remedy: "check host, port, --tls and --context-path" },
  { code: "closed", only: [1012, 1013], reaction: "gateway-restarts", remedy: NOTHING },
  { code: "closed", reaction: "reconnect", remedy: "read the reason; the Gateway's log says more" },
  {
    code: "handshake-timeout",
    reaction: "reconnect",
    remedy: "check that a Gateway listens there, and its load",
  },
  { code: "protocol-violation", reaction: "reconnect", remedy: "check that a Gateway listens there" },
  {
    code: "fingerprint-mismatch",
    reaction: "fix",
    remedy: "compare: openclaw node tls show; then --tls-fingerprint",
  },
  {
    code: "tls-failed",
    reaction: "fix",
    remedy: "openclaw node tls show; then --tls-fingerprint or --tls-ca",
  },
  { code: "bad-ca-file", reaction: "fix", remedy: "mend the file of --tls-ca" },
  { code: "bad-proxy", reaction: "fix", remedy: "mend the proxy variable" },
  { code: "bad-header", reaction: "fix", remedy: "mend the source of --header" },
  { code: "too-large", reaction: "fix", remedy: "shorten PATH or the display name" },
];
