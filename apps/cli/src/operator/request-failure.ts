import type { ErrorShape } from "@openclaw/protocol";
import { CliError, type CliErrorCode } from "../errors.ts";
import { printable } from "../output/printable.ts";

/** Why a Gateway or a node refused a request, as far as commands act on it. */
export interface RequestFailure {
  readonly code: CliErrorCode;
  readonly message: string;
  readonly hints: readonly string[];
}

type Details = Readonly<Record<string, unknown>>;

/** The Gateway's refusal of a request in words, with what to do next. */
export function describeRequestFailure(error: ErrorShape, method: string, cause?: Error): CliError {
  const { code, message, hints } = requestFailure(error, method);
  return new CliError(code, message, hints, { cause });
}

/** Pure part of the above. Words of node and Gateway are kept as they are, because people search for them. */
export function requestFailure(error: ErrorShape, method: string): RequestFailure {
  const details = detailsOf(error.details);
  const nodeError = details["nodeError"];
  // The newest Gateways put the node's code in front of a text that begins with it.
  const text = printable(error.message).replace(/^([A-Z_]+: )\1/u, "$1");
  const detail = details["code"];
  if (detail === "NOT_CONNECTED" || text.startsWith("node not connected")) {
    return failure("node-offline", "the node is not connected to the Gateway", [
      "openclaw nodes status shows which nodes are",
    ]);
  }
  if (detail === "PAIRING_CHANGED") {
    return failure("node-refused", `the node's commands are not approved yet (${text})`, [
      "openclaw nodes pending shows its request, openclaw nodes approve <request id> approves it",
    ]);
  }
  if (text.includes("exec approvals changed; reload and retry")) {
    return failure("policy-changed", `somebody else changed the policy at the same moment (${text})`, [
      "run the command again",
    ]);
  }
  if (/^(TIMEOUT: )?node invoke timed out/u.test(text)) {
    return failure("node-refused", `the node did not answer in time (${text})`, [
      "a longer time: --invoke-timeout, or --command-timeout for nodes run",
    ]);
  }
  if (text.startsWith("node command not allowed")) return notAllowed(text, details["reason"]);
  if (isObject(nodeError) || /^(SYSTEM_RUN_|PERMISSION_MISSING|COMPANION_)/u.test(text)) {
    return failure("node-refused", `the node refused: ${text}`, []);
  }
  if (/missing scope/u.test(text) || detail === "MISSING_SCOPE") {
    return failure("gateway-refused", `this operator may not do that: ${text}`, [
      "on the Gateway's machine: openclaw devices list, then openclaw devices approve <request id>",
    ]);
  }
  if (text.startsWith("unknown method")) {
    return failure("not-supported", `this Gateway has no ${method}; it may be too old`, []);
  }
  if (
    /unknown (requestId|approval id|or expired approval id)|approval (expired or )?not found/iu.test(text)
  ) {
    return failure("unknown-request", text, []);
  }
  return failure("gateway-refused", `${method}: ${text}`, []);
}

function notAllowed(text: string, reason: unknown): RequestFailure {
  if (reason === "command not allowlisted") {
    return failure("gateway-refused", text, [
      "the Gateway's configuration decides: gateway.nodes.allowCommands and gateway.nodes.denyCommands",
    ]);
  }
  return failure("gateway-refused", text, [
    "the node does not offer it, or its commands are not approved: openclaw nodes pending",
  ]);
}

function failure(code: CliErrorCode, message: string, hints: readonly string[]): RequestFailure {
  return { code, message, hints };
}

/** The Gateway's own error behind a failure, for callers that decide by it. */
export function gatewayErrorOf(error: unknown): ErrorShape | undefined {
  if (!(error instanceof CliError) || !(error.cause instanceof Error)) return undefined;
  const details: unknown = Reflect.get(error.cause, "details");
  const gateway = isObject(details) ? details["gateway"] : undefined;
  return isErrorShape(gateway) ? gateway : undefined;
}

function isErrorShape(value: unknown): value is ErrorShape {
  return isObject(value) && typeof value["code"] === "string" && typeof value["message"] === "string";
}

function detailsOf(value: unknown): Details {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Details {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
