import { planLimits, type Containment, type RunLimits } from "@openclaw/executor";
import * as z from "zod/mini";
import type { HostLog } from "./host-log.ts";

/** What runs may use, from node.json: for everybody, and for single agents, whose values count before those of everybody. */
export interface LimitSettings {
  readonly default?: RunLimits | undefined;
  readonly agents?: Readonly<Record<string, RunLimits>> | undefined;
}

const AGENTS = 256;

/** Bounds are the executor's business; a misspelled name must not look like a limit. */
const limitsSchema = z.strictObject({
  memoryBytes: z.optional(z.int()),
  cpuSeconds: z.optional(z.int()),
  processes: z.optional(z.int()),
  openFiles: z.optional(z.int()),
  nice: z.optional(z.int()),
});

export const limitSettingsSchema: z.ZodMiniType<LimitSettings> = z.strictObject({
  default: z.optional(limitsSchema),
  agents: z.optional(
    z
      .record(z.string().check(z.minLength(1), z.maxLength(256)), limitsSchema)
      .check(z.refine((agents) => Object.keys(agents).length <= AGENTS)),
  ),
});

/** The limits of a run of this agent; undefined when there are none. */
export function limitsFor(
  settings: LimitSettings | undefined,
  agentId: string | undefined,
): RunLimits | undefined {
  if (settings === undefined) return undefined;
  const own =
    agentId !== undefined && settings.agents !== undefined && Object.hasOwn(settings.agents, agentId)
      ? settings.agents[agentId]
      : undefined;
  const both = { ...settings.default, ...own };
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
