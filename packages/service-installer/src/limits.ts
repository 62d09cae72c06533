/** Every bound of this package: name, unit, default. */
export interface ServiceLimits {
  /** Words of the command line, the program included. */
  readonly commandWords: number;
  /** Variables in the definition, and again in the secrets file. */
  readonly variables: number;
  /** Longest argument or value, in bytes (the kernel takes 128 KiB for one string). */
  readonly textBytes: number;
  /** Largest definition that is written or read, in bytes (systemd stops at 1 MiB for a line). */
  readonly definitionBytes: number;
  /** Longest state profile name, in characters. */
  readonly profileChars: number;
  /** A secret this short may appear in other text by chance, in characters. */
  readonly shortSecretChars: number;
  /** Longest line of a script for cmd, in characters (its own limit is 8191). */
  readonly cmdLineChars: number;
  /** A question to a service manager, in milliseconds. */
  readonly questionMs: number;
  /** An order to a service manager (enable, reload), in milliseconds. */
  readonly orderMs: number;
  /** A start or restart, which waits for the program, in milliseconds: stopping and starting take 30 s each. */
  readonly startMs: number;
  /** A stop, in milliseconds. */
  readonly stopMs: number;
  /** Between two tries of one command, in milliseconds. */
  readonly retryPauseMs: number;
  /** Most that a command may write, in bytes. */
  readonly outputBytes: number;
  /** Longest message of a service manager that is repeated, in characters. */
  readonly detailChars: number;
  /** Entries of a directory that are looked at. */
  readonly listedFiles: number;
}

export const serviceLimits: ServiceLimits = {
  commandWords: 256,
  variables: 256,
  textBytes: 32 * 1024,
  definitionBytes: 512 * 1024,
  profileChars: 64,
  shortSecretChars: 8,
  cmdLineChars: 8_000,
  questionMs: 10_000,
  orderMs: 30_000,
  startMs: 90_000,
  stopMs: 60_000,
  retryPauseMs: 500,
  outputBytes: 1024 * 1024,
  detailChars: 400,
  listedFiles: 1_000,
};
