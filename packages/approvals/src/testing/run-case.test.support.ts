import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PreparedPlans } from "../approval/prepared-plans.ts";
import { prepareRun, type PrepareCaller } from "../approval/prepare.ts";
import { decide, type DecideOptions } from "../decide.ts";
import type { Decision } from "../decision.ts";
import { loadPolicy } from "../policy/load.ts";
import { wireRefusal } from "../refusal.ts";
import type { RunRequest } from "../request.ts";
import { resolveSkillBins } from "../tools/skill-bins.ts";
import type { CaseWorld } from "./case-world.test.support.ts";
import { nodeFacts } from "./node-facts.test.support.ts";

/** One recorded case. */
export interface RecordedCase {
  readonly id: string;
  readonly topic: string;
  readonly policy: unknown;
  readonly request: Record<string, unknown>;
  readonly path?: string;
  readonly config?: string;
  readonly expected: {
    readonly outcome: string;
    readonly reason: string;
    readonly message?: string;
    readonly matchedPattern?: string | readonly string[];
    readonly payload?: Record<string, unknown>;
    readonly [key: string]: unknown;
  };
}

/** What came out, in the words of the recording. */
export interface CaseResult {
  readonly outcome: string;
  readonly text: string;
  readonly decision?: Decision;
}

interface CaseRun {
  readonly request: RunRequest;
  readonly policy: ReturnType<typeof loadPolicy>;
  readonly facts: ReturnType<typeof nodeFacts>;
  readonly caller: PrepareCaller;
  readonly options: DecideOptions;
}

/** Runs a case that is a run or a prepare; the file and hash cases have tests of their own. */
export function runCase(recorded: RecordedCase, world: CaseWorld): CaseResult {
  const filled = JSON.parse(world.fill(JSON.stringify(recorded))) as RecordedCase;
  const { nodeCommand, params, steps } = filled.request;
  const run = readCase(filled, (params ?? filled.request) as Record<string, unknown>, world);
  if (nodeCommand === "system.run.prepare") {
    const prepared = prepareRun(run.request, run.policy, run.facts, run.caller);
    return prepared.ok
      ? { outcome: "allow", text: JSON.stringify(prepared.result) }
      : { outcome: "error", text: prepared.message };
  }
  if (steps !== undefined) return runSteps(filled.id, run, world);
  return resultOf(decide(run.request, run.policy, run.facts, run.options));
}

function readCase(recorded: RecordedCase, params: Record<string, unknown>, world: CaseWorld): CaseRun {
  const { home, cwd } = world;
  const pathEnv = recorded.path ?? `${world.bin}:/usr/bin:/bin`;
  const command = params["command"];
  return {
    request: {
      ...(params as Partial<RunRequest>),
      argv: (Array.isArray(command) ? command.map(String) : command) as string[],
      agentId: (params["agentId"] as string | null | undefined) ?? undefined,
      env: { PATH: pathEnv, HOME: home },
      approved: params["approved"] === true,
      plan: params["systemRunPlan"] as RunRequest["plan"],
      needsScreenRecording: false,
    },
    policy: loadPolicy(JSON.stringify({ version: 1, ...(recorded.policy as object) })),
    facts: nodeFacts({ home, hostCwd: cwd, pathEnv }),
    caller: params,
    options: {
      strictInlineEval: recorded.config === "tools.exec.strictInlineEval=true",
      skillBins: resolveSkillBins(["skillbin"], nodeFacts({ home, hostCwd: cwd, pathEnv: world.bin })),
    },
  };
}

/** Prepare, change what the case says, run. */
function runSteps(id: string, run: CaseRun, world: CaseWorld): CaseResult {
  const name = id.replace(/@.*/u, "");
  const first = name === "appr-plan-argv-tampered" ? { ...run.request, argv: ["mytool", "a"] } : run.request;
  const { approved: _approved, approvalDecision, approvalSource, ...asked } = first;
  const answer = prepareRun({ ...asked, approved: false }, run.policy, run.facts, run.caller);
  if (!answer.ok) return { outcome: "error", text: answer.message };
  const prepared = new PreparedPlans();
  prepared.add(answer.prepared);
  let { plan } = answer.result;
  let { policy } = run;
  let argv = plan.argv;
  let cwd = plan.cwd ?? undefined;
  if (name === "appr-plan-script-drift") writeFileSync(join(world.cwd, "drift.sh"), "#!/bin/sh\n:\n");
  if (name === "appr-exec-drift") writeFileSync(join(world.bin, "swap"), "#!/bin/sh\n:\n");
  if (name === "appr-plan-operand-removed") plan = { ...plan, mutableFileOperand: undefined };
  if (name === "appr-plan-snapshot-missing") plan = { ...plan, policySnapshot: undefined };
  if (name === "appr-plan-argv-tampered") argv = [argv[0] ?? "", "EVIL"];
  if (name === "appr-plan-cwd-tampered") cwd = world.bin;
  if (name === "appr-approved-cwd-symlink") {
    cwd = join(world.root, "linkcwd");
    plan = { ...plan, cwd };
    prepared.add({ ...answer.prepared, plan });
  }
  if (name === "appr-plan-policy-changed") {
    policy = loadPolicy('{"version":1,"defaults":{"security":"allowlist","ask":"always"}}');
  }
  const request: RunRequest = {
    ...asked,
    argv,
    cwd,
    rawCommand: name === "appr-plan-argv-tampered" ? undefined : plan.commandText,
    approved: run.request.approved,
    approvalDecision,
    approvalSource,
    plan,
  };
  const options: DecideOptions = { ...run.options, prepared };
  return resultOf(decide(request, policy, run.facts, options));
}

function resultOf(decision: Decision): CaseResult {
  if (decision.outcome === "allow") return { outcome: "allow", text: "exec.finished", decision };
  const refusal = wireRefusal(decision);
  const outcome = decision.outcome === "invalid" ? "error" : decision.outcome;
  return { outcome, text: refusal.message, decision };
}
