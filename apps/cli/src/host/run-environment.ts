import { isShellCommand } from "@openclaw/approvals";
import { buildRunEnvironment, type RunEnvironment } from "@openclaw/executor";

/** The environment that a command of this request gets on this host, or why it gets none. */
export function runEnvironment(
  host: {
    readonly hostEnv: Readonly<Record<string, string | undefined>>;
    readonly platform: NodeJS.Platform;
  },
  request: {
    readonly command?: readonly string[] | undefined;
    readonly env?: Readonly<Record<string, string>> | undefined;
  } = {},
): RunEnvironment {
  const windows = host.platform === "win32";
  return buildRunEnvironment({
    host: host.hostEnv,
    overrides: request.env ?? {},
    shellForm: request.command !== undefined && isShellCommand(request.command, windows ? "win32" : "posix"),
    windows,
  });
}
