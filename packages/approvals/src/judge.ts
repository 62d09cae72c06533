import { analyzeCommand } from "./command/analyze.ts";
import { commandTextOf } from "./command/canonical.ts";
import type { CommandContext } from "./command/context.ts";
import { coverCommand, type Coverage } from "./command/cover.ts";
import { launchOf, launchSha256, type Launch } from "./command/launch.ts";
import type { CommandNode } from "./command/node.ts";
import { hasUnseenPrograms, programsOf } from "./command/programs.ts";
import { resolveExecutable } from "./command/resolve.ts";
import { startDirectory } from "./command/working-directory.ts";
import type { CommandView } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { JudgeOptions } from "./judge-options.ts";
import { LIMITS } from "./limits.ts";
import { findDenied } from "./match/deny.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { findInlineCode } from "./tools/inline-search.ts";
import { SAFE_BINS } from "./tools/safe-bins.ts";
import type { RunRequest } from "./request.ts";
import type { DenyEntryRule } from "./rule.ts";

/** Everything that is known about a command once it was read against the policy. */
export interface Judgement {
  /** Directory in which it runs: absolute, as it was named. */
  readonly cwd: string;
  /** Whether a leading `cd` chose the directory. */
  readonly entered: boolean;
  readonly node: CommandNode;
  readonly coverage: Coverage;
  readonly view: CommandView;
  readonly denied?: DenyEntryRule | undefined;
  /** Deny entries are in force, and some programs cannot be seen. */
  readonly denyUnproven: boolean;
  /** What starts when the parse runs; absent when there is no complete parse. */
  readonly launch?: Launch | undefined;
}

/** Reads the command and holds it against the lists of the policy. */
export function judgeCommand(
  request: RunRequest,
  policy: EffectivePolicy,
  facts: Facts,
  typedName?: string,
  options: JudgeOptions = {},
): Judgement {
  const start = startDirectory(request, facts);
  const context: CommandContext = {
    facts,
    cwd: start,
    env: request.env,
    loginText: request.rawCommand !== undefined && request.rawCommand.trim() !== "",
    inText: false,
    shells: 0,
    wrappers: 0,
  };
  const node = analyzeCommand(typedArgv(request, start, facts, typedName), context);
  const entered = node.kind === "shell" ? node.entered : undefined;
  const cwd = entered?.directory ?? start;
  const { allowlist, deny } = policy;
  const launch = launchOf(node);
  const coverage = coverCommand(node, {
    facts,
    cwd,
    allowlist,
    budget: { steps: LIMITS.argPatternSteps },
    launch: () => launch && launchSha256(launch),
    safeBins: new Set(options.safeBins ?? SAFE_BINS),
    skillBins: policy.autoAllowSkills.value
      ? (options.skillBins ?? new Map<string, string>())
      : new Map<string, string>(),
  });
  const denied = deny.length === 0 ? undefined : findDenied(programsOf(node), deny, facts);
  const inlineEval = options.strictInlineEval === true ? findInlineCode(node) : undefined;
  const { segments, shell, notAnalyzable } = coverage;
  return {
    cwd,
    entered: entered !== undefined,
    node,
    coverage,
    view: {
      commandText: readableText(request),
      segments,
      ...(shell === undefined ? {} : { shell }),
      ...(notAnalyzable === undefined ? {} : { notAnalyzable }),
      ...(inlineEval === undefined ? {} : { inlineEval }),
    },
    ...(denied === undefined ? {} : { denied }),
    denyUnproven: deny.length > 0 && hasUnseenPrograms(node),
    ...(launch === undefined ? {} : { launch }),
  };
}

/**
 * Preparing a run turns a bare name into a path, so that an approval names one file. The
 * name comes back when it still leads to that file: entries for bare names, and programs
 * that look at their own name, need it.
 */
function typedArgv(
  request: RunRequest,
  cwd: string,
  facts: Facts,
  typed: string | undefined,
): readonly string[] {
  const [path = "", ...args] = request.argv;
  if (typed === undefined) return request.argv;
  const before = resolveExecutable(typed, cwd, facts, false);
  const now = resolveExecutable(path, cwd, facts, false);
  return before !== undefined && before.path === now?.path ? [typed, ...args] : request.argv;
}

function readableText(request: RunRequest): string {
  const raw = request.rawCommand?.trim();
  return raw === undefined || raw === "" ? commandTextOf(request.argv) : raw;
}
