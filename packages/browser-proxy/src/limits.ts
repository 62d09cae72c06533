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
}

export const browserProxyLimits: BrowserProxyLimits = {
  pathChars: 2_048,
  decodeRounds: 4,
  queryEntries: 64,
  queryValueChars: 64 * 1024,
  profileChars: 64,
  callTimeoutMs: 20_000,
  maxCallTimeoutMs: 600_000,
};
