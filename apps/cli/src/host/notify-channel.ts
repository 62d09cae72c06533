import { execFile } from "node:child_process";
import { fstatSync, writeSync } from "node:fs";

/** What systemd is told, one `NAME=value` for each entry. */
export type NotifyMessage = Readonly<Record<string, string>>;

/** A way to the service manager. Sending never throws; what cannot be sent is told once to `onProblem`. */
export interface NotifyChannel {
  send(message: NotifyMessage): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A helper that takes longer than this is ended; milliseconds. */
export const NOTIFY_TIMEOUT_MS = 5_000;
const FIRST_PASSED_DESCRIPTOR = 3;

/**
 * The way that the environment names (platform notes section 1): a connected socket that systemd passed to this very
 * process, else the program `systemd-notify` for the socket that NOTIFY_SOCKET names. Undefined when there is none.
 */
export function openNotifyChannel(
  env: Environment,
  onProblem: (problem: string) => void,
  pid: number = process.pid,
): NotifyChannel | undefined {
  const descriptor = passedDescriptor(env, pid);
  if (descriptor !== undefined) return descriptorChannel(descriptor, once(onProblem));
  const socket = env["NOTIFY_SOCKET"];
  return socket === undefined || socket === "" ? undefined : programChannel(socket, env, once(onProblem));
}

/** Number 3 may be one of the runtime's own, so that both the process and the name must fit. */
function passedDescriptor(env: Environment, pid: number): number | undefined {
  if (env["LISTEN_PID"] !== String(pid)) return undefined;
  const index = (env["LISTEN_FDNAMES"] ?? "").split(":").indexOf("notify");
  if (index < 0) return undefined;
  const descriptor = FIRST_PASSED_DESCRIPTOR + index;
  try {
    return fstatSync(descriptor).isSocket() ? descriptor : undefined;
  } catch {
    return undefined;
  }
}

/** Each write to a connected datagram socket is one message. */
function descriptorChannel(descriptor: number, onProblem: (problem: string) => void): NotifyChannel {
  return {
    send: (message) => {
      try {
        writeSync(descriptor, assignments(message).join("\n"));
      } catch (error) {
        onProblem(`could not tell the service manager: ${codeOf(error)}`);
      }
    },
  };
}

/** One helper at a time. What comes meanwhile is merged: only the newest value of a name is worth telling. */
function programChannel(
  socket: string,
  env: Environment,
  onProblem: (problem: string) => void,
): NotifyChannel {
  let running = false;
  let waiting: NotifyMessage = {};
  const next = (): void => {
    const words = assignments(waiting);
    if (running || words.length === 0) return;
    waiting = {};
    running = true;
    const options = {
      env: { NOTIFY_SOCKET: socket, PATH: env["PATH"] ?? "/usr/bin:/bin" },
      timeout: NOTIFY_TIMEOUT_MS,
      killSignal: "SIGKILL",
    } as const;
    execFile("systemd-notify", words, options, (error) => {
      running = false;
      if (error !== null) onProblem(`systemd-notify failed: ${codeOf(error)}`);
      next();
    });
  };
  return {
    send: (message) => {
      waiting = { ...waiting, ...message };
      next();
    },
  };
}

function assignments(message: NotifyMessage): string[] {
  return Object.entries(message).map(([name, value]) => `${name}=${value}`);
}

function once(onProblem: (problem: string) => void): (problem: string) => void {
  let told = false;
  return (problem) => {
    if (!told) onProblem(problem);
    told = true;
  };
}

function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), "code");
  if (typeof code === "number") return `exit code ${code}`;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.message : String(error);
}
