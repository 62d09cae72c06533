/** Limits of one connection; times in milliseconds, sizes in bytes unless the name says characters. */
export const CONNECTION_LIMITS = {
  /** Until TCP, TLS and the upgrade are done, all together. */
  openMs: 15_000,
  /** From the open socket to hello. */
  handshakeMs: 15_000,
  /** An answer to a request, unless the caller says otherwise. */
  requestMs: 10_000,
  /** Requests that may wait for an answer at the same time. */
  pendingRequests: 1024,
  /** Bytes that may wait in the socket before new requests are refused. */
  bufferedBytes: 33_554_432,
  /** Largest frame that we read. Gateways announce 25 MiB. */
  inboundFrameBytes: 31_457_280,
  /** How long a polite close may take before the socket is destroyed; a stop of the host waits for it. */
  closeMs: 500,
  /** No frame at all for this many tick intervals means that the link is dead. Source: protocol section 1. */
  silentTicks: 2,
  /** Longest host name. */
  hostChars: 253,
  contextPathChars: 1024,
  /** Text of ours or of a Gateway that an error message repeats. */
  shownChars: 500,
  /** What a close frame can hold. */
  closeReasonBytes: 123,
  /** The longest time that a timer can hold. */
  timerMs: 2_147_483_647,
} as const;

/** The same limits with other numbers; for tests, probes and short commands. */
export type ConnectionLimits = Readonly<Record<keyof typeof CONNECTION_LIMITS, number>>;
