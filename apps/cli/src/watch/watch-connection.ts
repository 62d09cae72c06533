import type { StatePaths } from "@openclaw/config-store";
import { CliError } from "../errors.ts";
import {
  openControlStream,
  type ControlStreamClient,
  type StreamEnd,
} from "../host/control-stream-client.ts";
import { WATCH_METHOD, watchEventSchema, type WatchEvent } from "../host/watch-protocol.ts";

export interface WatchConnection extends ControlStreamClient {
  /** Resolves when the host has let us in; stays open where it never does. */
  readonly ready: Promise<void>;
  /** Resolves after `close`; rejects with a CliError when the host is not there, refuses, or ends. */
  readonly over: Promise<void>;
}

/** Watches over the control socket of the running node host. */
export function connectWatch(
  paths: Pick<StatePaths, "controlSocket" | "stateDir">,
  name: string,
  onEvent: (event: WatchEvent) => void,
): WatchConnection {
  let refusal: CliError | undefined;
  let watching = false;
  let closed = false;
  let client: ControlStreamClient | undefined;
  let onReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (onReady = resolve));
  const over = new Promise<void>((resolve, reject) => {
    client = openControlStream(
      paths.controlSocket,
      { method: WATCH_METHOD, params: { name } },
      {
        onMessage: (message) => {
          const event = watchEventSchema.safeParse(message);
          // What a newer host says beyond this is not for us.
          if (event.success) {
            watching = true;
            onReady();
            onEvent(event.data);
          } else refusal ??= refusalOf(message);
        },
        onEnd: (end) => {
          if (closed) resolve();
          else reject(refusal ?? endError(end, watching, paths));
        },
      },
    );
  });
  return {
    ready,
    over,
    send: (message) => client?.send(message),
    close: () => {
      closed = true;
      client?.close();
    },
  };
}

function refusalOf(message: unknown): CliError | undefined {
  const error: unknown =
    typeof message === "object" && message !== null ? Reflect.get(message, "error") : undefined;
  if (typeof error !== "string") return undefined;
  return error === "unknown method"
    ? new CliError("not-supported", "the running node host is older than this command and cannot ask you", [
        "restart the node host, so that it is of the same version",
      ])
    : new CliError("not-supported", `the node host did not let us watch: ${error}`);
}

function endError(
  end: StreamEnd,
  watching: boolean,
  { controlSocket, stateDir }: Pick<StatePaths, "controlSocket" | "stateDir">,
): CliError {
  if (end.kind === "no-host") {
    return new CliError(
      "not-running",
      "no node host is running for this state directory; start it with `openclaw node run`",
      [`the state directory is \`${stateDir}\`; --profile and OPENCLAW_STATE_DIR name another one`],
    );
  }
  if (end.kind === "unreachable") {
    return new CliError(
      "not-running",
      `the node host cannot be reached at \`${controlSocket}\` (${end.code}); run this as the user of the node host`,
    );
  }
  return watching
    ? new CliError("not-running", "the node host ended; nobody is asked until it runs and is watched again")
    : new CliError(
        "not-running",
        "the node host hung up; it may be stopping, or serve too many local commands",
      );
}
