import { utf8Length } from "@openclaw/protocol";
import type { InvalidReason } from "./decision.ts";
import { LIMITS } from "./limits.ts";
import type { RunRequest } from "./request.ts";

export interface RequestProblem {
  readonly reason: InvalidReason;
  readonly message: string;
}

/**
 * What is wrong with the shape of a request, whatever its declared type says. Text that is
 * not Unicode, or that holds a NUL byte, would start something else than what was judged.
 */
export function requestProblem(request: RunRequest): RequestProblem | undefined {
  const { argv, env } = request as { readonly argv: unknown; readonly env: unknown };
  const required: RequestProblem = { reason: "command-required", message: "command required" };
  if (!Array.isArray(argv) || argv.length === 0 || argv[0] === "") return required;
  if (!argv.every((item) => typeof item === "string")) return required;
  const tooLarge =
    argv.length > LIMITS.argvItems ||
    argv.reduce((sum, item) => sum + utf8Length(item) + 1, 0) > LIMITS.argvBytes;
  if (tooLarge) return malformed("command is too large");
  if (!argv.every(isPassable)) return malformed("command holds text that cannot be passed on");
  const flags: readonly unknown[] = [request.approved, request.needsScreenRecording];
  if (!flags.every((flag) => typeof flag === "boolean")) {
    return malformed("a field of the request has the wrong type");
  }
  const texts = [request.cwd, request.rawCommand, request.agentId, request.sessionKey];
  if (!texts.every((text: unknown) => text === undefined || typeof text === "string")) {
    return malformed("a field of the request has the wrong type");
  }
  if (request.cwd !== undefined && (request.cwd === "" || !isPassable(request.cwd))) {
    return malformed("cwd holds text that cannot be passed on");
  }
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    return malformed("the environment is not an object");
  }
  const values: readonly unknown[] = Object.values(env);
  if (!values.every((value) => typeof value === "string"))
    return malformed("an environment value is not text");
  const whole = Object.entries(env).every(([name, value]) => !`${name}${String(value)}`.includes("\0"));
  return whole ? undefined : malformed("the environment holds text that cannot be passed on");
}

function isPassable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

function malformed(message: string): RequestProblem {
  return { reason: "malformed-request", message };
}
