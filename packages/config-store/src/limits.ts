/** Every bound of this package: name, unit, default. */
export interface StoreLimits {
  /** Largest state file that is read, in bytes. */
  readonly stateFileBytes: number;
  /** Largest configuration file (each included one too), in bytes. */
  readonly configFileBytes: number;
  /** Configuration files that one configuration may be made of. */
  readonly configFiles: number;
  /** How deep `$include` may nest. */
  readonly configIncludeDepth: number;
  /** How deep values may nest in a document, in levels. */
  readonly documentDepth: number;
  /** What a caller may raise that to, in levels: the walk is recursive. */
  readonly documentDepthCeiling: number;
  /** How long an update waits for another writer, in milliseconds. */
  readonly lockWaitMs: number;
  /** How long a lock file without a readable record is respected, in milliseconds. */
  readonly lockUnreadableGraceMs: number;
  /** Pause between two tries for a lock, in milliseconds (jittered up to twice this). */
  readonly lockRetryMs: number;
  /** Takeovers of takeovers that are followed before giving up, in levels. */
  readonly lockTakeoverDepth: number;
  /** Longest state profile name, in characters. */
  readonly profileChars: number;
  /** Longest path of a Unix socket, in bytes (the kernel's own limit is 104 to 108). */
  readonly socketPathBytes: number;
  /** Text of others shown in one message, in characters. */
  readonly shownChars: number;
}

export const storeLimits: StoreLimits = {
  stateFileBytes: 4 * 1024 * 1024,
  configFileBytes: 1024 * 1024,
  configFiles: 64,
  configIncludeDepth: 10,
  documentDepth: 64,
  documentDepthCeiling: 1_000,
  lockWaitMs: 10_000,
  lockUnreadableGraceMs: 2_000,
  lockRetryMs: 10,
  lockTakeoverDepth: 8,
  profileChars: 64,
  socketPathBytes: 100,
  shownChars: 1_024,
};
