/** Limits of one run; times in milliseconds, sizes in bytes. */
export const RUN_LIMITS = {
  /** Output that is kept for the answer, stdout and stderr together. Source: exec section 4.1. */
  outputBytes: 200_000,
  /** Pieces of output that are held before they are joined; one piece may be a single byte. */
  outputPieces: 256,
  /** From SIGTERM to SIGKILL. */
  killGraceMs: 2000,
  /** How long the pipes may stay open after the program has ended. */
  drainMs: 250,
  /** The longest time-out that a timer can hold. */
  timeoutMs: 2_147_483_647,
} as const;
