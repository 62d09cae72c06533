/** Limits of the commands that read the audit log. */
export const AUDIT_LOG_LIMITS = {
  /** Bytes that are read at a time. */
  chunkBytes: 65_536,
  /** Runs that `tail` and `show` keep in memory. */
  entries: 10_000,
  /** What they show unless told otherwise. */
  tail: 20,
  show: 10,
  /** Runs whose decision is remembered while the log is followed. */
  followed: 256,
  /** Breaks of the chain that are told; the rest is counted. */
  breaks: 20,
  /** How often a followed file is looked at; milliseconds. */
  followMs: 250,
  /** How often the files are opened again because they were rotated meanwhile. */
  openTries: 5,
} as const;
