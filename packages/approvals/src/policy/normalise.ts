import type { AgentJson, AgentsJson, EntryJson } from "./document.ts";

/**
 * The agent `default` of older writers is `main`: its values fill what `main` leaves open,
 * its lists follow. Source: exec section 1.2.
 */
export function mergeLegacyAgent(agents: AgentsJson): AgentsJson {
  if (!Object.hasOwn(agents, "default")) return agents;
  const { default: legacy, ...others } = agents;
  const main = ownAgent(others, "main");
  if (legacy === undefined) return others;
  return { ...others, main: main === undefined ? legacy : merge(main, legacy) };
}

/** An agent by its exact id; never something that every object has. */
export function ownAgent(agents: AgentsJson | undefined, id: string): AgentJson | undefined {
  return agents !== undefined && Object.hasOwn(agents, id) ? agents[id] : undefined;
}

function merge(main: AgentJson, legacy: AgentJson): AgentJson {
  const allowlist = [...(main.allowlist ?? []), ...(legacy.allowlist ?? [])];
  const deny = [...(main.deny ?? []), ...(legacy.deny ?? [])];
  return {
    ...legacy,
    ...main,
    ...(allowlist.length === 0 ? {} : { allowlist: distinct(allowlist) }),
    ...(deny.length === 0 ? {} : { deny }),
  };
}

function distinct(entries: readonly EntryJson[]): readonly EntryJson[] {
  const byKey = new Map<string, EntryJson>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.pattern, entry["argPattern"], entry["source"]]);
    if (!byKey.has(key)) byKey.set(key, entry);
  }
  return [...byKey.values()];
}
