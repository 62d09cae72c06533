import { resolveExecutable } from "@openclaw/approvals";
import type { SystemWhichParams } from "@openclaw/protocol";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { runEnvironment, runFacts } from "../run-environment.ts";

/** Which of these programs would a run find? Executables only; names with a slash are never looked up. */
export function runSystemWhich(
  params: SystemWhichParams,
  _call: InvokeCall,
  context: HostContext,
): InvokeAnswer {
  const environment = runEnvironment(context);
  if (!environment.ok) return refuse("INVALID_REQUEST", environment.message);
  const facts = runFacts(context, environment.env);
  const bins: Record<string, string> = {};
  for (const bin of params.bins) {
    const name = bin.trim();
    if (/[/\\]/u.test(name)) continue;
    const found = resolveExecutable(name, context.hostCwd, facts, false);
    if (found !== undefined) bins[name] = found.foundAt;
  }
  return { ok: true, payload: { bins } };
}
