import type { OpenControlStream } from "../host/control-socket.ts";
import type { HostContext } from "../host/host-context.ts";

/** A stream of one answer: to open a page may take longer than the other questions to a host. */
export const BROWSER_METHOD = "browser";

/** Answers `openclaw node browser`; loaded when somebody asks. */
export function serveBrowser(context: HostContext): OpenControlStream {
  return (stream, params) => {
    const gone = new AbortController();
    const answer = async (): Promise<void> => {
      const { answerOwner } = await import("./owner-browser.ts");
      stream.send(await answerOwner(params, context, gone.signal));
      stream.close();
    };
    answer().catch((error: unknown) => {
      context.log.error("a local browser command failed", { error: String(error) });
      stream.close();
    });
    return { onMessage: () => undefined, onClose: () => gone.abort() };
  };
}
