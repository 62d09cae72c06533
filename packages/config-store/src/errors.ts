/** Every way in which files of the node host can be unusable. Closed: a new way gets a new code. */
export type StoreErrorCode =
  | "no-home"
  | "bad-profile"
  | "symlink"
  | "not-a-file"
  | "not-a-directory"
  | "foreign-owner"
  | "writable-by-others"
  | "too-large"
  | "unreadable"
  | "not-utf8"
  | "disk-full"
  | "not-writable"
  | "write-failed"
  | "lock-timeout"
  | "host-running"
  | "bad-json"
  | "bad-config";

/** What a program may want to know beside the sentence. Never holds a value out of a file. */
export interface StoreErrorDetails {
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, counted in UTF-16 code units. */
  readonly column?: number;
  /** Dotted path of a configuration key. */
  readonly key?: string;
  readonly variable?: string;
  /** Process that holds a lock. */
  readonly pid?: number;
}

/** `message` is the whole sentence: what happened, where, and what to do next. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
  readonly code: StoreErrorCode;
  readonly details: StoreErrorDetails;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The `code` of a system error such as `ENOENT`, or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
