import { isShellCommand, type Facts } from "@openclaw/approvals";
import { buildRunEnvironment, type RunEnvironment } from "@openclaw/executor";
import { fileFacts } from "./file-facts.ts";

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

/** The machine as a command with this environment would find it. */
export function runFacts(
  host: { readonly home: string; readonly hostCwd: string; readonly platform: NodeJS.Platform },
  env: Readonly<Record<string, string>>,
): Facts {
  const { home, hostCwd, platform } = host;
  return fileFacts({ home, hostCwd, platform, pathEnv: env["PATH"] ?? "" });
}
