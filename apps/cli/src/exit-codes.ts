import { StoreError } from "@openclaw/config-store";
import { ConnectionError } from "@openclaw/gateway-connection";
import { CliError, type CliErrorCode } from "./errors.ts";

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** A dry run: somebody would be asked. */
  wouldAsk: 3,
  /** A dry run: it would be refused. */
  wouldRefuse: 4,
  /** A run on a node ended by its time-out. */
  timedOut: 124,
  /** A person must fix the configuration; supervisors do not restart. */
  configuration: 78,
} as const;

const CLI_EXIT: Readonly<Record<CliErrorCode, number>> = {
  usage: EXIT.usage,
  "bad-option": EXIT.usage,
  "bad-node-file": EXIT.configuration,
  "foreign-state": EXIT.configuration,
  "bad-state-dir": EXIT.configuration,
  "no-directory": EXIT.failure,
  "no-credential": EXIT.configuration,
  "no-gateway": EXIT.configuration,
  "pairing-required": EXIT.failure,
  "bad-pairing-code": EXIT.usage,
  "pairing-code-refused": EXIT.failure,
  "gateway-refused": EXIT.failure,
  "not-supported": EXIT.failure,
  "gateway-stopped-us": EXIT.configuration,
  "gateway-not-started": EXIT.failure,
  "unknown-node": EXIT.failure,
  "ambiguous-node": EXIT.failure,
  "unknown-request": EXIT.failure,
  "unknown-run": EXIT.failure,
  "run-active": EXIT.failure,
  "node-offline": EXIT.failure,
  "node-refused": EXIT.failure,
  "not-approved": EXIT.failure,
  "bad-answer": EXIT.failure,
  "policy-changed": EXIT.failure,
  "policy-malformed": EXIT.configuration,
  "local-only": EXIT.failure,
  "no-editor": EXIT.failure,
  "editor-failed": EXIT.failure,
  "not-running": EXIT.failure,
  "host-failed": EXIT.failure,
  "drain-timeout": EXIT.failure,
  "demo-failed": EXIT.failure,
};

/** Conditions of the moment; every other store error is for a person to mend. */
const PASSING_STORE_ERRORS: ReadonlySet<string> = new Set([
  "host-running",
  "lock-timeout",
  "disk-full",
  "write-failed",
]);
const CONFIGURATION_CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  "bad-endpoint",
  "insecure-endpoint",
  "bad-fingerprint",
  "bad-ca-file",
  "bad-proxy",
  "bad-header",
  "bad-identity",
]);

/** The one place where an error becomes an exit code. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return CLI_EXIT[error.code];
  if (error instanceof StoreError)
    return PASSING_STORE_ERRORS.has(error.code) ? EXIT.failure : EXIT.configuration;
  if (error instanceof ConnectionError) {
    return CONFIGURATION_CONNECTION_ERRORS.has(error.code) ? EXIT.configuration : EXIT.failure;
  }
  return EXIT.failure;
}
