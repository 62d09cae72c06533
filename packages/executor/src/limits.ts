/** Limits of one run; times in milliseconds, sizes in bytes. */
export const RUN_LIMITS = {
  /** Output that is kept for the answer, stdout and stderr together. Source: exec section 4.1. */
  outputBytes: 200_000,
  /** Pieces of output that are held before they are joined; one piece may be a single byte. */
  outputPieces: 256,
  /** A piece of output of this size is given back as soon as nobody needs it; smaller ones are not worth it. */
  releaseBytes: 4096,
  /** From SIGTERM to SIGKILL. */
  killGraceMs: 2000,
  /** How often the rest of a run that was told to end is looked at. */
  endPollMs: 20,
  /** After SIGKILL: how long the result waits until the killed are gone. */
  killWaitMs: 1000,
  /** After SIGKILL: how long the result waits for a program that cannot be killed, because it runs as somebody else. */
  giveUpMs: 3000,
  /** How often the processor time of a run with a limit is looked at. */
  cpuPollMs: 250,
  /** Looks at the process table while killing; each one may find what was started since the last. */
  killRounds: 10,
  /** Environments of processes that are read without a pause when what other hosts left is looked for. */
  looksAtOnce: 64,
  /** Bytes of an environment that are read at a time. */
  environmentPieceBytes: 65_536,
  /** How long the pipes may stay open after the program has ended. */
  drainMs: 250,
  /** How long bubblewrap may take to show that a sandbox works. */
  sandboxTryMs: 2000,
  /** What bubblewrap says about a run. */
  sandboxStatusChars: 16_384,
  /** The longest time-out that a timer can hold. */
  timeoutMs: 2_147_483_647,
  /** Output that waits for the spool before the program is paused. */
  spoolQueueBytes: 2_097_152,
  /** How long a spool may take for one piece, and for its end, before the run goes on without it. */
  spoolStallMs: 10_000,
  /** Output that one run may spool, unless the caller says otherwise. */
  spoolBytes: 268_435_456,
  /** First bytes of a program that are looked at: what the kernel reads of a first line. */
  programHeadBytes: 256,
  /** Interpreters of interpreters that are looked at; the kernel goes as far. */
  interpreterDepth: 5,
  /** Programs whose first bytes are remembered. */
  knownPrograms: 256,
  /** The longest argument or variable that Linux hands to a program, its final NUL included. */
  argumentBytes: 131_072,
} as const;
