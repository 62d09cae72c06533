/** Which file a path named when it was looked at; two equal identities name the same unchanged file. */
export interface FileIdentity {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; 0 for directories, whose content may change. */
  readonly mtimeMs: number;
  /** When owner, mode, links or content last changed; unlike `mtimeMs` no program can set it back. 0 for directories. */
  readonly ctimeMs: number;
}

/**
 * The exact thing that a decision allows and that the executor runs: nothing is looked
 * up, parsed or repaired between the two.
 */
export interface RunPlan {
  /** Real path of the file that is started. */
  readonly executable: string;
  /** `argv[0]` is what the program sees as its own name. */
  readonly argv: readonly string[];
  /** Absolute directory in which the program starts. */
  readonly cwd: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** The command as a person reads it, for events and logs. */
  readonly commandText: string;
  /** What must still be the same right before the start: executables, script, directory. */
  readonly bindings: readonly FileIdentity[];
}
