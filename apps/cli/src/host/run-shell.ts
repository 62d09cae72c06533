import { commandTextOf } from "@openclaw/approvals";
import * as z from "zod/mini";

/** Which shell reads what Gateways send as a text for a shell, from node.json. */
export interface ShellSetting {
  /** Full path of a POSIX shell. Absent means the one that is asked for. */
  readonly program?: string | undefined;
  /** A login shell reads the profile of its user, which may set another PATH. Absent means as asked for. */
  readonly login?: boolean | undefined;
}

/** Shells that the policy sees through, by name. */
const PROGRAM = /^\/(?:[^/\0]+\/)*(?:sh|bash|dash|zsh|ksh)$/u;

export const shellSettingSchema: z.ZodMiniType<ShellSetting> = z.strictObject({
  program: z.optional(
    z
      .string()
      .check(
        z.maxLength(4096),
        z.regex(PROGRAM, "must be the full path of a shell: sh, bash, dash, zsh or ksh"),
      ),
  ),
  login: z.optional(z.boolean()),
});

interface ShellRequest {
  readonly command: readonly string[];
  readonly rawCommand?: string | undefined;
}

/**
 * The request with the owner's shell in the place of the one that Gateways write in front of a text (exec section 2.1).
 * This comes before the decision: what is decided about, audited and run is what stands here. A request with a plan was
 * prepared here already. On Windows nothing changes.
 */
export function withChosenShell<R extends ShellRequest>(
  request: R,
  setting: ShellSetting | undefined,
  platform: NodeJS.Platform,
): R {
  if (setting === undefined || platform === "win32" || Reflect.get(request, "systemRunPlan") != null)
    return request;
  const [shell = "", option = "", text, ...more] = request.command;
  const isPlain =
    text !== undefined &&
    more.length === 0 &&
    (option === "-c" || option === "-lc") &&
    (SENT.has(shell) || shell === setting.program);
  if (!isPlain) return request;
  const isLogin = setting.login ?? option === "-lc";
  const command = [setting.program ?? shell, isLogin ? "-lc" : "-c", text];
  // The whole command as a text has to tell the same; the text for the shell alone is still the same.
  const isWhole = request.rawCommand?.trim() === commandTextOf(request.command);
  return { ...request, command, ...(isWhole ? { rawCommand: commandTextOf(command) } : {}) };
}

const SENT: ReadonlySet<string> = new Set(["sh", "/bin/sh", "/usr/bin/sh"]);
