import type { FileIdentity } from "@openclaw/protocol";

export type PathStyle = "posix" | "win32";

/** What a path names, after links were followed. */
export interface FileFact extends FileIdentity {
  readonly kind: "file" | "directory" | "other";
  /** Whether this user may start it. */
  readonly executable: boolean;
}

/**
 * Everything that a decision may ask about the machine. The methods answer `undefined`
 * for what does not exist or may not be seen, and never throw.
 */
export interface Facts {
  readonly pathStyle: PathStyle;
  /** Absolute home directory of the owner. */
  readonly home: string;
  /** Absolute directory used when a request names none. */
  readonly hostCwd: string;
  /** The PATH that the child will get. */
  readonly pathEnv: string;
  stat(path: string): FileFact | undefined;
  realpath(path: string): string | undefined;
  /** Content of a file of at most `maxBytes` bytes; `undefined` when it is larger. */
  readFile?(path: string, maxBytes: number): Uint8Array | undefined;
  /** Whether others than the owner of this process and root may change a file, or a directory above it. */
  writableByOthers?(path: string): boolean | undefined;
}
