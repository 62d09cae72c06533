import type { RunRequest } from "@openclaw/approvals";
import type { SystemRunParams } from "@openclaw/protocol";

/** What is judged for these params of `system.run`, with the environment that the command would get. */
export function runRequest(params: SystemRunParams, env: Readonly<Record<string, string>>): RunRequest {
  return {
    argv: params.command,
    rawCommand: params.rawCommand,
    cwd: params.cwd,
    env,
    agentId: params.agentId,
    sessionKey: params.sessionKey,
    approved: params.approved,
    approvalDecision: params.approvalDecision,
    approvalSource: params.approvalSource,
    plan: params.systemRunPlan,
    needsScreenRecording: params.needsScreenRecording,
  };
}
