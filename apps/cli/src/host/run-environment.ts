import { isShellCommand, type Facts } from "@openclaw/approvals";
import { buildRunEnvironment, type RunEnvironment } from "@openclaw/executor";
import { fileFacts } from "./file-facts.ts";

interface HostEnvironment {
  /** Never changed: another environment is another object. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** The environment that a command of this request gets on this host, or why it gets none. */
export function runEnvironment(
  host: HostEnvironment,
  request: {
    readonly command?: readonly string[] | undefined;
    readonly env?: Readonly<Record<string, string>> | undefined;
  } = {},
): RunEnvironment {
  const windows = host.platform === "win32";
  const overrides = Object.keys(request.env ?? {}).length === 0 ? undefined : request.env;
  const unchanged = overrides === undefined ? UNCHANGED.get(host.hostEnv) : undefined;
  if (unchanged !== undefined) return unchanged;
  const environment = buildRunEnvironment({
    host: host.hostEnv,
    overrides: overrides ?? {},
    shellForm: request.command !== undefined && isShellCommand(request.command, windows ? "win32" : "posix"),
    windows,
  });
  if (overrides === undefined) UNCHANGED.set(host.hostEnv, environment);
  return environment;
}

/** Most requests set nothing: what they get is built once for each environment of the host. */
const UNCHANGED = new WeakMap<HostEnvironment["hostEnv"], RunEnvironment>();

/** The machine as a command with this environment would find it. */
export function runFacts(
  host: { readonly home: string; readonly hostCwd: string; readonly platform: NodeJS.Platform },
  env: Readonly<Record<string, string>>,
): Facts {
  const { home, hostCwd, platform } = host;
  return fileFacts({ home, hostCwd, platform, pathEnv: env["PATH"] ?? "" });
}
