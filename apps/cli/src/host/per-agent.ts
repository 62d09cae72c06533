import * as z from "zod/mini";

/** A setting of node.json for everybody, and for single agents, whose value counts before it. */
export interface PerAgent<T> {
  readonly default?: T | undefined;
  readonly agents?: Readonly<Record<string, T>> | undefined;
}

/** Agents in one setting. */
const AGENTS = 256;

/** A misspelled name must not look like a setting. */
export function perAgentSchema<T>(value: z.ZodMiniType<T>): z.ZodMiniType<PerAgent<T>> {
  return z.strictObject({
    default: z.optional(value),
    agents: z.optional(
      z
        .record(z.string().check(z.minLength(1), z.maxLength(256)), value)
        .check(z.refine((agents) => Object.keys(agents).length <= AGENTS)),
    ),
  });
}

/** What an agent has of its own; undefined when it has nothing. */
export function ownValue<T>(settings: PerAgent<T>, agentId: string | undefined): T | undefined {
  return agentId !== undefined && settings.agents !== undefined && Object.hasOwn(settings.agents, agentId)
    ? settings.agents[agentId]
    : undefined;
}

/** The value of an agent: its own, else that of everybody. */
export function agentValue<T>(settings: PerAgent<T> | undefined, agentId: string | undefined): T | undefined {
  return settings === undefined ? undefined : (ownValue(settings, agentId) ?? settings.default);
}
