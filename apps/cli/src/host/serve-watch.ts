import type { OpenControlStream } from "./control-socket.ts";
import type { HostLog } from "./host-log.ts";
import { PROMPT_LIMITS, type PromptBroker } from "./prompt-broker.ts";
import { watchAnswerSchema, watchParamsSchema } from "./watch-protocol.ts";

/** Lets a local command watch and answer: prompts go out as lines, answers come in on the same connection. */
export function serveWatch(broker: PromptBroker, log: HostLog): OpenControlStream {
  return (stream, params) => {
    const wanted = watchParamsSchema.safeParse(params ?? {});
    if (!wanted.success)
      return { refused: "params must be an object; `name` is a text of 100 characters at most" };
    const watcher = broker.watch((event) => stream.send(event), wanted.data.name);
    if (watcher === undefined) return { refused: `${PROMPT_LIMITS.watchers} watchers are connected already` };
    log.info(`${watcher.name} watches for approvals`);
    return {
      onMessage: (message) => {
        const answer = watchAnswerSchema.safeParse(message);
        if (answer.success) watcher.answer(answer.data);
        else {
          const error = 'not an answer; send {"id":"…","decision":"allow-once" | "allow-always" | "deny"}';
          stream.send({ event: "error", error });
        }
      },
      onClose: () => {
        watcher.leave();
        log.info(`${watcher.name} no longer watches`);
      },
    };
  };
}
