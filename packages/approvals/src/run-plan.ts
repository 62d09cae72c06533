import type { FileIdentity, RunPlan } from "@openclaw/protocol";
import { identityOf } from "./bindings.ts";
import type { Launch } from "./command/launch.ts";
import { filesOf } from "./command/programs.ts";
import { absolutePath, resolveExecutable } from "./command/resolve.ts";
import { checkWorkingDirectory, startDirectory } from "./command/working-directory.ts";
import type { DenyReason } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { Judgement } from "./judge.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import type { RunRequest } from "./request.ts";

export type PlannedRun =
  | { readonly ok: true; readonly plan: RunPlan }
  | { readonly ok: false; readonly reason: DenyReason };

/**
 * Makes the one thing that runs out of what was judged, and binds it to what was seen.
 * `strict` refuses a working directory that could be exchanged; security `full` alone runs
 * a command as it was given, unless deny entries were held against its parse.
 */
export function planRun(
  request: RunRequest,
  effective: EffectivePolicy,
  judged: Judgement,
  facts: Facts,
  strict: boolean,
): PlannedRun {
  const asGiven = effective.security.value === "full" && effective.deny.length === 0;
  const parsed = asGiven ? undefined : judged.launch;
  const start = parsed === undefined ? startDirectory(request, facts) : judged.cwd;
  const checked = checkWorkingDirectory(start, facts);
  if (!checked.ok && strict) return { ok: false, reason: checked.reason };
  const cwd = checked.ok ? checked.identity.path : start;
  const launch = parsed ?? launchAsGiven(request, start, facts);
  if (launch === undefined && strict) return { ok: false, reason: "executable-unresolved" };
  const directory = checked.ok ? checked.identity : directoryIdentity(start, facts);
  const moved = parsed !== undefined && judged.entered && request.env["PWD"] !== undefined;
  return {
    ok: true,
    plan: {
      executable: launch?.executable ?? missingExecutable(request.argv[0] ?? "", start, facts),
      argv: launch?.argv ?? request.argv,
      cwd,
      env: moved ? { ...request.env, PWD: cwd } : request.env,
      commandText: judged.view.commandText,
      bindings: distinct([
        ...(directory === undefined ? [] : [directory]),
        ...(parsed === undefined ? givenFiles(judged) : filesOf(judged.node)),
      ]),
    },
  };
}

/** What starts when a command runs as it was given; `undefined` when there is no such file. */
function launchAsGiven(request: RunRequest, cwd: string, facts: Facts): Launch | undefined {
  const resolved = resolveExecutable(request.argv[0] ?? "", cwd, facts, true);
  return resolved && { executable: resolved.path, argv: request.argv };
}

/**
 * Where nothing was found, an absolute path makes sure that nothing else is found later:
 * the run then fails in the usual way.
 */
function missingExecutable(name: string, cwd: string, { pathEnv, pathStyle }: Facts): string {
  if (/[\\/]/u.test(name)) return absolutePath(name, cwd, pathStyle);
  const directory = pathEnv
    .split(pathStyle === "posix" ? ":" : ";")
    .find((entry) => absolutePath(entry, "", pathStyle) === entry);
  return `${directory === undefined || directory === "" ? "/nonexistent" : directory}/${name}`;
}

/** A shell that runs as given looks its commands up again, so only its own file is bound. */
function givenFiles({ node }: Judgement): readonly FileIdentity[] {
  return node.kind === "shell" ? [node.runner.identity] : filesOf(node);
}

function directoryIdentity(cwd: string, facts: Facts): FileIdentity | undefined {
  const fact = facts.stat(cwd);
  return fact?.kind === "directory" ? identityOf(cwd, fact) : undefined;
}

function distinct(identities: readonly FileIdentity[]): readonly FileIdentity[] {
  return [...new Map(identities.map((identity) => [identity.path, identity])).values()];
}
