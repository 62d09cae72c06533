/** Why a run could not be started. */
export const EXECUTION_ERROR_CODES = [
  "cwd-missing",
  "cwd-not-a-directory",
  "cwd-not-accessible",
  "executable-missing",
  "executable-not-accessible",
  "executable-not-a-file",
  "executable-empty",
  "script-without-interpreter",
  "wrong-architecture",
  "unknown-format",
  "environment-invalid",
  "argument-invalid",
  "too-large",
  "too-many-processes",
  "limit-invalid",
  "limit-unavailable",
  "sandbox-unavailable",
  "spawn-failed",
] as const;
export type ExecutionErrorCode = (typeof EXECUTION_ERROR_CODES)[number];

/** A failed start as a value: it becomes the `failure` of the run's result, never an exception. */
export interface ExecutionFailure {
  readonly code: ExecutionErrorCode;
  readonly message: string;
}

export const LAUNCH_FAILED = "Command failed during launch or output capture";

export function failure(code: ExecutionErrorCode, message: string): ExecutionFailure {
  return { code, message };
}

/** The system's name for an error, as in `ENOENT`. */
export function systemCode(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "unknown error";
}
