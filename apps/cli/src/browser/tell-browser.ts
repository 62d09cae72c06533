import type { StatePaths } from "@openclaw/config-store";
import { CliError } from "../errors.ts";
import { openControlStream } from "../host/control-stream-client.ts";
import { answerFields, notRunning } from "../service/tell-host.ts";
import { BROWSER_METHOD } from "./serve-browser.ts";

/**
 * Has the running host of this state directory do something with its browser; resolves with its answer. Throws
 * `not-running`, `not-supported`, `host-failed` or `bad-answer`.
 */
export async function tellBrowser(
  paths: Pick<StatePaths, "controlSocket" | "stateDir">,
  params: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await new Promise<unknown>((resolve, reject) => {
    const client = openControlStream(
      paths.controlSocket,
      { method: BROWSER_METHOD, params },
      {
        onMessage: (message) => {
          resolve(message);
          client.close();
        },
        onEnd: ({ kind }) =>
          reject(kind === "ended" ? new CliError("host-failed", NO_ANSWER) : notRunning(paths)),
      },
    );
  });
  return answerFields(answer, NO_ANSWER);
}

const NO_ANSWER = "the running node host could not do that; see openclaw node logs";
