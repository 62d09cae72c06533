import { checkAnswerSchema, type CheckAnswer, type CheckParams } from "../host/check-protocol.ts";
import { CHECK_METHOD } from "../host/control-methods.ts";
import { askControlSocket, fitsControlLine } from "../host/control-socket.ts";
import type { RunWish } from "./run-wish.ts";

type HostReply =
  | { readonly ok: true; readonly answer: CheckAnswer }
  /** `why`: the beginning of a sentence. */
  | { readonly ok: false; readonly why: string };

/** Asks the node host that runs for this state directory to decide, if there is one that can. */
export async function askRunningHost(socketPath: string, wish: RunWish): Promise<HostReply> {
  const params = checkParams(wish);
  if (!fitsControlLine(CHECK_METHOD, params)) {
    return { ok: false, why: "a running node host takes no question of this length" };
  }
  const answer = await askControlSocket(socketPath, CHECK_METHOD, params);
  if (answer === undefined) return { ok: false, why: "no node host answers here" };
  const read = checkAnswerSchema.safeParse(answer);
  if (read.success) return { ok: true, answer: read.data };
  const error: unknown = Reflect.get(Object(answer), "error");
  const said = typeof error === "string" ? `it said: ${error}` : "its answer was not understood";
  return {
    ok: false,
    why: `the running node host could not be asked, perhaps because it is of another version (${said})`,
  };
}

function checkParams({ command, agentId: agent, cwd, env }: RunWish): CheckParams {
  return { ...command, agent, ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
}
