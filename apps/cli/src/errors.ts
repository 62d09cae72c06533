/** What can stop a command, besides the errors of the packages below. */
export const CLI_ERROR_CODES = [
  "usage",
  "bad-option",
  "bad-node-file",
  "foreign-state",
  "bad-state-dir",
  "no-directory",
  "no-credential",
  "no-gateway",
  "pairing-required",
  "bad-pairing-code",
  "pairing-code-refused",
  "gateway-refused",
  "not-supported",
  "gateway-stopped-us",
  "gateway-not-started",
  "unknown-node",
  "ambiguous-node",
  "unknown-request",
  "node-offline",
  "node-refused",
  "not-approved",
  "bad-answer",
  "policy-changed",
  "policy-malformed",
  "local-only",
  "no-editor",
  "editor-failed",
  "not-running",
  "host-failed",
  "drain-timeout",
  "unknown-run",
  "run-active",
  "demo-failed",
] as const;
export type CliErrorCode = (typeof CLI_ERROR_CODES)[number];

/** A failure whose message is the whole story for the person at the terminal. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  /** Lines that tell what to do next. */
  readonly hints: readonly string[];

  constructor(code: CliErrorCode, message: string, hints: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "CliError";
    this.code = code;
    this.hints = hints;
  }
}
