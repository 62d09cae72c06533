import { statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { maskText } from "./mask-secrets.ts";
import { runEnvironment } from "./run-environment.ts";
import type { ShellSetting } from "./run-shell.ts";

/** What a run would get that sets nothing itself. Documented in docs/running-commands.md. */
export interface RunEnvironmentView {
  readonly ok: true;
  readonly pid: number;
  /** Where a run starts that names no directory. */
  readonly cwd: string;
  readonly path: readonly { readonly directory: string; readonly exists: boolean }[];
  /** `null`: what is asked for. */
  readonly shell: { readonly program: string | null; readonly login: boolean | null };
  /** By name; the value only of those that hold no secrets, otherwise `null`. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** Names that the host has and runs do not get. */
  readonly withheld: readonly string[];
}

interface ViewedHost {
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly hostCwd: string;
  readonly node: { readonly shell?: ShellSetting | undefined };
  /** With the variables that runs never get. */
  readonly masking?: { readonly hostEnv: Readonly<Record<string, string | undefined>> };
}

/** Everything else may be a secret, whatever it is called. */
const SHOWN =
  /^(?:PATH|HOME|USER|LOGNAME|USERNAME|USERPROFILE|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|PWD|TMPDIR|TMP|TEMP|PATHEXT|COMSPEC|SYSTEMROOT|WINDIR|APPDATA|LOCALAPPDATA|PROGRAMDATA|XDG_[A-Z_]+|EDITOR|VISUAL|PAGER|OPENCLAW_CLI|OPENCLAW_SHELL)$/iu;

export function describeRunEnvironment(host: ViewedHost): RunEnvironmentView {
  const { platform, hostEnv, hostCwd, node } = host;
  const built = runEnvironment({ hostEnv, platform });
  const env = built.ok ? built.env : {};
  const names = Object.keys(env).toSorted();
  const pathName = names.find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const { delimiter } = platform === "win32" ? win32 : posix;
  return {
    ok: true,
    pid: process.pid,
    cwd: hostCwd,
    path: (env[pathName] ?? "")
      .split(delimiter)
      .filter((directory) => directory !== "")
      .map((directory) => ({ directory, exists: isDirectory(directory) })),
    shell: { program: node.shell?.program ?? null, login: node.shell?.login ?? null },
    variables: Object.fromEntries(
      names.map((name) => [name, SHOWN.test(name) ? maskText(env[name] ?? "") : null]),
    ),
    withheld: Object.keys(host.masking?.hostEnv ?? hostEnv)
      .filter((name) => !Object.hasOwn(env, name))
      .toSorted(),
  };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
