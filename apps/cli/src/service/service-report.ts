import { StoreError } from "@openclaw/config-store";
import { ConnectionError } from "@openclaw/gateway-connection";
import {
  ServiceError,
  type ServiceAction,
  type ServiceNote,
  type ServiceResult,
  type ServiceTarget,
} from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { sayError, sayWarning } from "./say.ts";
import { commandFor } from "./service-place.ts";

/** What cannot be done, as service actions say it (service installer section 6). */
export interface ActionFailure {
  readonly action: ServiceAction;
  readonly message: string;
  readonly hints: readonly string[];
  readonly warnings: readonly string[];
}

/** Exit code 1 for every failure of a service action, as recorded. */
export function reportFailure(failure: ActionFailure, input: CommandInput, io: CommandIo): number {
  const { action, message, hints, warnings } = failure;
  if (flag(input, "json")) {
    const document = {
      action,
      ok: false,
      error: message,
      ...(hints.length === 0 ? {} : { hints }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
    io.stdout.write(jsonPretty(document));
    return EXIT.failure;
  }
  for (const warning of warnings) sayWarning(io, warning);
  // A sentence of its own says it all; anything else says what it stopped.
  sayError(io, /^(?:Node|Nix) /u.test(message) ? message : `Node ${action} failed: ${message}`);
  for (const hint of hints) sayError(io, `Tip: ${hint}`, "     ");
  return EXIT.failure;
}

/** Expected failures of what comes before the service manager; undefined for a fault of ours. */
export function failureOf(action: ServiceAction, error: unknown): ActionFailure | undefined {
  const known =
    error instanceof CliError ||
    error instanceof StoreError ||
    error instanceof ConnectionError ||
    error instanceof ServiceError;
  if (!known) return undefined;
  const hints = error instanceof CliError ? error.hints : [];
  return { action, message: error.message, hints, warnings: [] };
}

export function failedResult(
  result: Extract<ServiceResult, { ok: false }>,
  target: ServiceTarget,
  warnings: readonly string[],
): ActionFailure {
  const { action, problem, undone } = result;
  return {
    action,
    message: problem.message,
    hints: problem.hints.map((hint) => commandFor(target, hint)),
    warnings: [
      ...warnings,
      ...result.warnings.map((note) => noteText(note, target)),
      ...(undone ? [] : result.notes.map((note) => noteText(note, target))),
    ],
  };
}

/** A note on one line, with the command that mends it. */
export function noteText(note: ServiceNote, target: ServiceTarget): string {
  return note.command === undefined ? note.text : `${note.text}: ${commandFor(target, note.command)}`;
}

/** The recorded document of a success. */
export function successDocument(
  result: Extract<ServiceResult, { ok: true }>,
  warnings: readonly string[],
): Readonly<Record<string, unknown>> {
  const { action, message, service } = result;
  return {
    action,
    ok: true,
    result: result.result,
    ...(message === undefined ? {} : { message }),
    service,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
