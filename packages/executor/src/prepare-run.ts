import type { RunPlan } from "@openclaw/protocol";
import { failure, systemCode, type ExecutionFailure } from "./errors.ts";
import { launchOf, type Launch } from "./launch.ts";
import { detectLimitTools } from "./limit-tools.ts";
import { planLimits, type LimitPlan } from "./plan-limits.ts";
import { checkProgram } from "./program-check.ts";
import { RunCgroup } from "./run-cgroup.ts";
import { checkStart, cwdProblem } from "./start-failure.ts";
import type { RunOptions } from "./run-options.ts";
import { sandboxPrefix } from "./sandbox.ts";

/** Everything that has to be known and made before a run is started. */
export interface PreparedRun {
  readonly launch: Launch;
  readonly limits: LimitPlan | undefined;
  readonly cgroup: RunCgroup | undefined;
  /** Does the process enter its control group by itself, before the program is there? */
  readonly entersItself: boolean;
}

/** Checks a plan, plans its limits and makes its control group; or says why it cannot be started. */
export function prepareRun(
  plan: RunPlan,
  options: RunOptions,
  marker: string,
  platform: NodeJS.Platform,
): PreparedRun | ExecutionFailure {
  const problem = checkStart(plan, platform);
  if (problem !== undefined) return problem;
  const { sandbox } = options;
  if (sandbox?.ok === false)
    return failure("sandbox-unavailable", `the run was not started: there is no sandbox: ${sandbox.reason}`);
  const wished = Object.values(options.limits ?? {}).some((value) => value !== undefined);
  const tools =
    options.containment?.tools ?? (wished || sandbox !== undefined ? detectLimitTools(platform) : undefined);
  const home = options.containment?.cgroup;
  const limits =
    wished && tools !== undefined ? planLimits(options.limits ?? {}, { cgroup: home, tools }) : undefined;
  if (limits?.ok === false) return limits.failure;
  const bad = checkProgram(plan, { platform, complete: limits !== undefined || sandbox !== undefined });
  if (bad !== undefined) return cwdProblem(plan.cwd) ?? bad;

  let cgroup: RunCgroup | undefined;
  const settings = limits?.cgroup ?? {};
  const entersItself = Object.keys(settings).length > 0;
  try {
    if (home !== undefined) cgroup = RunCgroup.make(home, marker, settings);
  } catch (error) {
    if (entersItself)
      return failure(
        "limit-unavailable",
        `the run was not started: its control group could not be made (${systemCode(error)})`,
      );
  }
  const launch = launchOf(plan, {
    prefix: limits?.prefix ?? [],
    sandbox: sandbox === undefined ? undefined : sandboxPrefix(sandbox.prefix, plan.cwd),
    enter: entersItself ? cgroup?.path : undefined,
    bash: tools?.bash,
  });
  if (!("code" in launch)) return { launch, limits, cgroup, entersItself };
  cgroup?.remove();
  return launch;
}
