import type { Decision } from "@openclaw/approvals";
import type { RunOptions } from "@openclaw/executor";
import type { HostContext } from "../host-context.ts";
import { agentValue } from "../per-agent.ts";

/** What the owner wants for runs of this agent, as far as it has to be loaded first. */
export type OwnerWishes = Pick<RunOptions, "filter" | "sandbox" | "decode">;

type Allowed = Extract<Decision, { outcome: "allow" }>;

/** Undefined at once where the owner has set nothing: that is what nearly every run pays for it. */
export function ownerWishes(
  decision: Allowed,
  agentId: string | undefined,
  context: HostContext,
): Promise<OwnerWishes> | undefined {
  const { maskOutput, sandbox } = context.node;
  const isWindows = context.platform === "win32";
  return maskOutput === undefined && sandbox === undefined && !isWindows
    ? undefined
    : wishes(decision, agentId, context);
}

async function wishes(
  decision: Allowed,
  agentId: string | undefined,
  context: HostContext,
): Promise<OwnerWishes> {
  return {
    filter: await filterFor(decision, agentId, context),
    sandbox: await sandboxFor(decision, agentId, context),
    // Everywhere else programs print UTF-8.
    decode:
      context.platform === "win32" ? await (await import("../code-pages.ts")).consoleDecoder() : undefined,
  };
}

async function filterFor(
  { plan }: Allowed,
  agentId: string | undefined,
  context: HostContext,
): Promise<OwnerWishes["filter"]> {
  const mask = agentValue(context.node.maskOutput, agentId);
  if (mask === undefined) return undefined;
  const { runMask } = await import("../../masking/run-mask.ts");
  return runMask(mask, plan.env, context.masking ?? { hostEnv: context.hostEnv, secrets: new Set() });
}

async function sandboxFor(
  { uses }: Allowed,
  agentId: string | undefined,
  context: HostContext,
): Promise<OwnerWishes["sandbox"]> {
  const { sandbox } = context.node;
  if (sandbox === undefined) return undefined;
  const { runSandbox } = await import("../run-sandbox.ts");
  const { home, stateDir, platform } = context;
  const patterns = uses.map(({ pattern }) => pattern);
  return await runSandbox(sandbox, { agentId, patterns }, { home, stateDir, platform });
}
