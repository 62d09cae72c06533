import type { StatePaths } from "@openclaw/config-store";
import { CliError } from "../errors.ts";
import { askControlSocket } from "../host/control-socket.ts";

export function notRunning({ stateDir }: Pick<StatePaths, "stateDir">): CliError {
  return new CliError(
    "not-running",
    "no node host is running for this state directory; start it with `openclaw node run`",
    [`state directory: ${stateDir}`],
  );
}

/** What an older host says to a method that it does not know. */
export function tooOld(): CliError {
  return new CliError("not-supported", "the running node host is too old for that", [
    "restart it after an update: openclaw node restart",
  ]);
}

/**
 * Has the running host of this state directory do something; resolves with its answer. Throws `not-running`,
 * `not-supported`, `host-failed` or `bad-answer`.
 */
export async function tellHost(
  paths: Pick<StatePaths, "controlSocket" | "stateDir">,
  method: string,
  params?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await askControlSocket(paths.controlSocket, method, params);
  if (answer === undefined) throw notRunning(paths);
  return answerFields(answer, "the running node host could not do that");
}

/** The fields of an answer that says yes. Throws the rest of the above; `otherwise` where a refusal gives no reason. */
export function answerFields(answer: unknown, otherwise: string): Readonly<Record<string, unknown>> {
  if (typeof answer !== "object" || answer === null)
    throw new CliError("bad-answer", "the running node host gave an answer that cannot be read");
  const fields: Readonly<Record<string, unknown>> = { ...answer };
  const { ok, error } = fields;
  if (ok === true) return fields;
  if (error === "unknown method") throw tooOld();
  throw new CliError("host-failed", typeof error === "string" ? error : otherwise);
}
