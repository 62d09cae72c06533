/** Limits of the kept output; sizes in bytes, times in milliseconds. */
export const KEPT_LIMITS = {
  /** Output of one run that stays in memory: its answer holds as much (exec section 4.1). */
  holdBytes: 200_000,
  /** Pieces of one stream in memory before they are joined. */
  holdPieces: 256,
  /** A run that takes longer is kept, whatever it prints. */
  holdMs: 1000,
  /** All kept output together; the oldest goes first. */
  totalBytes: 1_073_741_824,
  /** Runs that are kept; the oldest goes first. */
  runs: 500,
  /** How long an ended run is kept. */
  ageMs: 1_209_600_000,
  /** One record. */
  recordBytes: 65_536,
  /** Latest part of each audit file in which a host looks for runs that have no record: those of the last second. */
  auditBytes: 1_048_576,
  /** Characters of a command in its record. */
  commandChars: 4000,
  /** What `tail` shows of each stream unless it is told otherwise. */
  tailLines: 20,
  /** The most lines that `tail` can be asked for. */
  maxTailLines: 100_000,
  /** How much of a stream `tail` looks through for its lines. */
  tailBytes: 1_048_576,
  /** How often `tail --follow` looks for more. */
  followMs: 150,
} as const;
