/** Why a run could not be started. */
export const EXECUTION_ERROR_CODES = [
  "cwd-missing",
  "cwd-not-a-directory",
  "cwd-not-accessible",
  "executable-missing",
  "executable-not-accessible",
  "too-many-processes",
  "spawn-failed",
] as const;
export type ExecutionErrorCode = (typeof EXECUTION_ERROR_CODES)[number];

/** A failed start as a value: it becomes the `error` of the run's result, never an exception. */
export interface ExecutionFailure {
  readonly code: ExecutionErrorCode;
  readonly message: string;
}
