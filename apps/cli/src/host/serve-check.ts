import type { Facts, LoadedPolicy } from "@openclaw/approvals";
import { VERSION } from "../version.ts";
import { askedArgv, runParams, type AskedCommand } from "./asked-command.ts";
import { checkParamsSchema, type CheckAnswer } from "./check-protocol.ts";
import { dryRun, type DryRun } from "./dry-run.ts";
import type { HostContext } from "./host-context.ts";
import { decideOptions } from "./judge-options.ts";
import { runFacts } from "./run-environment.ts";

/** What a dry run needs of a running host. */
export type CheckContext = Pick<
  HostContext,
  "policy" | "node" | "exec" | "skills" | "pause" | "home" | "hostCwd" | "hostEnv" | "platform"
>;

/** Answers `approvals.check`: the dry run by this very process. Runs, writes, notes and consumes nothing. */
export async function answerCheck(
  params: unknown,
  context: CheckContext,
): Promise<CheckAnswer | { readonly ok: false; readonly error: string }> {
  const parsed = checkParamsSchema.safeParse(params);
  if (!parsed.success) {
    return {
      ok: false,
      error: "params must be {argv or raw, agent, cwd?, env?}, within the limits of a run",
    };
  }
  const { argv: words = [], raw, agent: agentId, cwd, env } = parsed.data;
  const command: AskedCommand = raw === undefined ? { argv: words } : { raw };
  const argv = askedArgv(command, context.platform);
  const asked = runParams({ command, agentId, cwd, env }, argv);
  const { run, policy } = await dryRunOn(context, asked, agentId);
  return {
    ok: true,
    pid: process.pid,
    version: VERSION,
    hostCwd: context.hostCwd,
    paused: context.pause.current() !== undefined,
    argv,
    policy: { path: context.policy.path, exists: policy.exists, hash: policy.hash },
    run,
  };
}

interface Judged {
  readonly run: DryRun;
  readonly policy: LoadedPolicy;
}

/** As `system.run` decides, down to the second look with a newer list of skill programs. */
async function dryRunOn(context: CheckContext, params: unknown, agentId: string): Promise<Judged> {
  const { skills } = context;
  const judge = (): Judged => {
    const policy = context.policy.current();
    const options = decideOptions(context, { skillBins: skills.paths });
    const facts = (env: Readonly<Record<string, string>>): Facts => runFacts(context, env);
    const host = { hostEnv: context.hostEnv, platform: context.platform, shell: context.node.shell };
    return { policy, run: dryRun(params, { host, policy, options, facts }) };
  };
  const judged = judge();
  if (!skills.mayAllow({ ...judged.run, view: judged.run }, agentId)) return judged;
  await skills.renew(new AbortController().signal);
  return judge();
}
