import { prepareRun } from "@openclaw/approvals";
import type { SystemRunPrepareParams } from "@openclaw/protocol";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { judgeOptions } from "../judge-options.ts";
import { runEnvironment, runFacts } from "../run-environment.ts";
import { withChosenShell } from "../run-shell.ts";

/** Binds a command before an operator is asked: what is approved later is this plan and nothing else. */
export function prepareSystemRun(
  sent: SystemRunPrepareParams,
  _call: InvokeCall,
  context: HostContext,
): InvokeAnswer {
  const params = withChosenShell(sent, context.node.shell, context.platform);
  const environment = runEnvironment(context, params);
  if (!environment.ok) return refuse("INVALID_REQUEST", environment.message);
  const prepared = prepareRun(
    {
      argv: params.command,
      rawCommand: params.rawCommand,
      cwd: params.cwd,
      env: environment.env,
      agentId: params.agentId,
      sessionKey: params.sessionKey,
      approved: false,
      needsScreenRecording: false,
    },
    context.policy.current(),
    runFacts(context, environment.env),
    params,
    judgeOptions(context, context.skills.paths),
  );
  if (!prepared.ok) return refuse("INVALID_REQUEST", prepared.message);
  context.prepared.add(prepared.prepared);
  return { ok: true, payload: prepared.result };
}
