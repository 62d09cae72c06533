/** What a command came to. Expected failures are values. */
export type CommandOutcome =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "missing" }
  | { readonly kind: "timed-out" }
  /** It could not be started, died by a signal or said too much; `detail` is for people. */
  | { readonly kind: "broken"; readonly detail: string };

export interface RunOptions {
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Started and left to itself: exit code 0 means that it could be started. */
  readonly detached?: boolean;
}

export interface PathFacts {
  readonly kind: "file" | "directory" | "other";
  readonly mode: number;
  readonly uid: number;
}

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** An account of this machine. */
export interface Account {
  readonly name: string;
  /** -1 on Windows. */
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** All that this package touches of a machine. `realServiceSystem` is the one that acts. */
export interface ServiceSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who runs this program; on Windows the name is `DOMAIN\user`. */
  readonly self: Account;
  readonly temporaryDir: string;
  /** Without a shell, without standard input, with a bound on output; English messages. Never throws. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<CommandOutcome>;
  /** Follows links. Undefined when absent or not to be looked at. */
  factsOf(path: string): PathFacts | undefined;
  /** Undefined when absent. Throws for what cannot be read and for more than the limit of a definition. */
  readFile(path: string): Buffer | undefined;
  /** Names in a directory; empty when absent. */
  list(path: string): readonly string[];
  /** Replaces the whole file at once, exact mode. Throws. */
  writeFile(path: string, content: Buffer, mode: number, owner?: FileOwner): void;
  /** Returns the directories that were made, outermost first. Throws. */
  makeDirectory(path: string, mode: number): readonly string[];
  /** False when it was absent. Throws. */
  removeFile(path: string): boolean;
  /** Only when empty; false otherwise. */
  removeDirectory(path: string): boolean;
  /** From the user database; undefined when there is no such account. */
  account(name: string): Promise<Account | undefined>;
}
