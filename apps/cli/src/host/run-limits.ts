import { planLimits, type Containment, type RunLimits } from "@openclaw/executor";
import * as z from "zod/mini";
import type { HostLog } from "./host-log.ts";
import { ownValue, perAgentSchema, type PerAgent } from "./per-agent.ts";

/** What runs may use, from node.json; an agent's own values count before those of everybody, one by one. */
export type LimitSettings = PerAgent<RunLimits>;

/** Bounds are the executor's business; a misspelled name must not look like a limit. */
const limitsSchema = z.strictObject({
  memoryBytes: z.optional(z.int()),
  cpuSeconds: z.optional(z.int()),
  processes: z.optional(z.int()),
  openFiles: z.optional(z.int()),
  nice: z.optional(z.int()),
});

export const limitSettingsSchema: z.ZodMiniType<LimitSettings> = perAgentSchema(limitsSchema);

/** The limits of a run of this agent; undefined when there are none. */
export function limitsFor(
  settings: LimitSettings | undefined,
  agentId: string | undefined,
): RunLimits | undefined {
  if (settings === undefined) return undefined;
  const both = { ...settings.default, ...ownValue(settings, agentId) };
  return Object.keys(both).length === 0 ? undefined : both;
}

/** Says at the start which runs will be refused because their limits cannot be kept here. */
export function tellLimitsOutOfReach(
  settings: LimitSettings | undefined,
  containment: Containment,
  log: Pick<HostLog, "warn">,
): void {
  for (const agent of [undefined, ...Object.keys(settings?.agents ?? {})]) {
    const limits = limitsFor(settings, agent);
    const plan = limits === undefined ? undefined : planLimits(limits, containment);
    if (plan === undefined || plan.ok) continue;
    const whose = agent === undefined ? "default" : `agents.${agent}`;
    log.warn(`runs under \`limits.${whose}\` of node.json are refused: ${plan.failure.message}`);
  }
}
