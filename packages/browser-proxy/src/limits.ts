/** Every bound of this package: name, unit, default. */
export interface BrowserProxyLimits {
  /** Longest path, in characters. */
  readonly pathChars: number;
  /** Rounds of percent-decoding until a path has to be stable. */
  readonly decodeRounds: number;
  /** Query parameters of one call. */
  readonly queryEntries: number;
  /** Longest query value, in characters. */
  readonly queryValueChars: number;
  /** Longest browser profile name, in characters. */
  readonly profileChars: number;
  /** Time for a call that names none, in milliseconds. */
  readonly callTimeoutMs: number;
  /** Longest time that a call can ask for, in milliseconds. */
  readonly maxCallTimeoutMs: number;
  /** Entries of one of the owner's lists of hosts. */
  readonly hostRules: number;
  /** Longest page address, in characters. */
  readonly urlChars: number;
  /** Connections of the browser to our proxy at a time; further ones are dropped. */
  readonly proxyConnections: number;
  /** All headers of one request or answer through the proxy, in bytes. */
  readonly proxyHeaderBytes: number;
  /** Headers of one request through the proxy. */
  readonly proxyHeaders: number;
  /** Time to send the headers of a request to the proxy, in milliseconds. */
  readonly proxyHeaderMs: number;
  /** Time in which a name must be resolved, in milliseconds. */
  readonly resolveMs: number;
  /** Time for a connection to one address, in milliseconds. */
  readonly dialMs: number;
  /** Addresses of one name that are tried. */
  readonly dialAddresses: number;
  /** Time without a byte in either direction after which a tunnel ends, in milliseconds. */
  readonly tunnelIdleMs: number;
  /** The same for a plain request and its answer, in milliseconds. */
  readonly requestIdleMs: number;
  /** Longest file path, in characters. */
  readonly filePathChars: number;
  /** Longest name of a downloaded file, in bytes. */
  readonly fileNameBytes: number;
  /** Largest file that a page is given, in bytes. */
  readonly uploadBytes: number;
  /** Files that a page is given at once. */
  readonly uploadFiles: number;
  /** Largest file that is taken from a page, in bytes. */
  readonly downloadBytes: number;
  /** Largest file in an answer, in bytes. */
  readonly answerFileBytes: number;
  /** Files in one answer. */
  readonly answerFiles: number;
  /** All files of one answer, in bytes. */
  readonly answerFilesBytes: number;
  /** Files that our own routes made and that can still be asked for. */
  readonly issuedFiles: number;
  /** Time for asking the system which browser is its default, in milliseconds. */
  readonly defaultBrowserMs: number;
  /** Additional arguments for the browser. */
  readonly extraArguments: number;
}

export const browserProxyLimits: BrowserProxyLimits = {
  pathChars: 2_048,
  decodeRounds: 4,
  queryEntries: 64,
  queryValueChars: 64 * 1024,
  profileChars: 64,
  callTimeoutMs: 20_000,
  maxCallTimeoutMs: 600_000,
  hostRules: 1_000,
  urlChars: 64 * 1024,
  proxyConnections: 512,
  proxyHeaderBytes: 64 * 1024,
  proxyHeaders: 200,
  proxyHeaderMs: 10_000,
  resolveMs: 10_000,
  dialMs: 5_000,
  dialAddresses: 4,
  tunnelIdleMs: 600_000,
  requestIdleMs: 120_000,
  filePathChars: 4_096,
  fileNameBytes: 160,
  uploadBytes: 50 * 1024 * 1024,
  uploadFiles: 64,
  downloadBytes: 1024 * 1024 * 1024,
  answerFileBytes: 10 * 1024 * 1024,
  answerFiles: 256,
  answerFilesBytes: 16 * 1024 * 1024,
  issuedFiles: 1_024,
  defaultBrowserMs: 2_000,
  extraArguments: 100,
};
