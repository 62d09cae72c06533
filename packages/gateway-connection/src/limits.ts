/** Limits of one connection; times in milliseconds, sizes in bytes unless the name says characters. */
export const CONNECTION_LIMITS = {
  /** Until TCP, TLS and the upgrade are done, all together. */
  openMs: 15_000,
  /** Addresses of one name that are tried. */
  addresses: 16,
  /** Until the next address is tried beside those that have not answered. Source: RFC 8305. */
  nextAddressMs: 250,
  /** From the open socket to hello. */
  handshakeMs: 15_000,
  /** An answer to a request, unless the caller says otherwise. */
  requestMs: 10_000,
  /** Requests that may wait for an answer at the same time. */
  pendingRequests: 1024,
  /** Bytes on their way, where the Gateway names no smaller number; as much again may wait for them. */
  bufferedBytes: 33_554_432,
  /** Largest frame that we read. Gateways announce 25 MiB. */
  inboundFrameBytes: 31_457_280,
  /** How long a polite close may take before the socket is destroyed; a stop of the host waits for it. */
  closeMs: 500,
  /** No frame at all for this many tick intervals means that the link is dead. Source: protocol section 1. */
  silentTicks: 2,
  /** How long a Gateway has for a sign of life after this machine slept. */
  wakeMs: 5000,
  /** Longest host name. */
  hostChars: 253,
  contextPathChars: 1024,
  /** Certificates or public keys that a Gateway may have: today's and the next. */
  tlsPins: 8,
  /** Until a proxy has connected us. */
  proxyMs: 10_000,
  /** The head of a proxy's answer. */
  proxyAnswerBytes: 16_384,
  /** A user name or a password for a proxy; SOCKS has no room for more. */
  proxyCredentialBytes: 255,
  /** Entries of NO_PROXY that are looked at. */
  noProxyEntries: 1000,
  /** Extra headers of the upgrade request. */
  headers: 16,
  headerNameChars: 100,
  headerValueBytes: 4096,
  /** Certificates of one server that are looked at. */
  certificates: 10,
  /** A file of certificate authorities; the bundles of systems have about 250 KB. */
  caFileBytes: 2_097_152,
  /** Each step of a probe: the name, the connection, the proxy, the upgrade, the challenge. */
  probeStepMs: 8000,
  /** One document from a Gateway's HTTP side. */
  documentBytes: 24_576,
  /** Text of ours or of a Gateway that an error message repeats. */
  shownChars: 500,
  /** What a close frame can hold. */
  closeReasonBytes: 123,
  /** The longest time that a timer can hold. */
  timerMs: 2_147_483_647,
} as const;

/** The same limits with other numbers; for tests, probes and short commands. */
export type ConnectionLimits = Readonly<Record<keyof typeof CONNECTION_LIMITS, number>>;
