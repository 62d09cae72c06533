import { LIMITS } from "../limits.ts";
import type {
  AgentJson,
  DenyJson,
  EntryJson,
  PolicyAgent,
  PolicyDenyEntry,
  PolicyDocument,
  PolicyEntry,
  PolicyJson,
  PolicyScope,
} from "./document.ts";
import { mergeLegacyAgent } from "./normalise.ts";
import { conditionSchema, digestSchema, policySchema } from "./schema.ts";

/** Names a wrong value by the keys that lead to it. */
interface ReadProblem {
  readonly path: readonly string[];
  readonly message: string;
}

export type ReadDocument =
  | { readonly ok: true; readonly document: PolicyDocument; readonly json: PolicyJson }
  | { readonly ok: false; readonly problem: ReadProblem };

/**
 * Checks a document. Whatever could loosen the policy when it is skipped makes the whole
 * document malformed.
 */
export function readDocument(value: unknown): ReadDocument {
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String);
    const what = path.length === 0 ? "the policy" : `\`${path.join(".")}\``;
    return { ok: false, problem: { path, message: `${what} ${issue?.message ?? "is wrong"}` } };
  }
  const { agents, ...rest } = parsed.data;
  const merged = agents === undefined ? undefined : mergeLegacyAgent(agents);
  return {
    ok: true,
    document: {
      defaults: readScope(rest.defaults ?? {}),
      agents: new Map(Object.entries(merged ?? {}).map(([key, agent]) => [key, readAgent(agent)])),
    },
    json: merged === undefined ? rest : { ...rest, agents: merged },
  };
}

function readScope({ security, ask, askFallback, autoAllowSkills }: PolicyScope): PolicyScope {
  return { security, ask, askFallback, autoAllowSkills };
}

function readAgent(agent: AgentJson): PolicyAgent {
  return {
    ...readScope(agent),
    allowlist: (agent.allowlist ?? []).flatMap((entry) => readEntry(entry) ?? []),
    deny: (agent.deny ?? []).map(readDeny),
  };
}

/** A condition that cannot be read is none: without it, the entry denies more. */
function readDeny(entry: DenyJson): PolicyDenyEntry {
  const { pattern, reason } = entry;
  const condition = conditionSchema.safeParse(entry["argPattern"]);
  return {
    pattern,
    ...(condition.data === undefined ? {} : { argPattern: condition.data }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, LIMITS.reasonChars) }),
  };
}

/** An entry with a wrongly typed condition matches nothing: without it, it would be wider. */
export function readEntry(entry: EntryJson): PolicyEntry | undefined {
  const { pattern, id, source, argPattern } = entry;
  if (source !== undefined && source !== "allow-always") return undefined;
  const condition = conditionSchema.safeParse(argPattern);
  const content = digestSchema.safeParse(entry["contentSha256"]);
  const launch = digestSchema.safeParse(entry["launchSha256"]);
  if (!condition.success || !content.success || !launch.success) return undefined;
  return {
    pattern,
    ...(typeof id === "string" && id !== "" ? { id } : {}),
    ...(source === undefined ? {} : { source }),
    ...(condition.data === undefined ? {} : { argPattern: condition.data }),
    ...(content.data === undefined ? {} : { contentSha256: content.data }),
    ...(launch.data === undefined ? {} : { launchSha256: launch.data }),
  };
}
