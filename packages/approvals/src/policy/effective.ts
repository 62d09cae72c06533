import type { ExecAsk, ExecSecurity } from "@openclaw/protocol";
import type { Rule, SettingSource } from "../rule.ts";
import type {
  LoadedPolicy,
  PolicyDocument,
  PolicyDenyEntry,
  PolicyEntry,
  PolicyScope,
  PolicyValues,
} from "./document.ts";

/** A value in force and the rule that set it. */
export interface Setting<T> {
  readonly value: T;
  readonly rule: Rule;
}

export interface EffectivePolicy {
  /** Key under `agents` that was looked up. */
  readonly agent: string;
  readonly security: Setting<ExecSecurity>;
  readonly ask: Setting<ExecAsk>;
  readonly askFallback: Setting<ExecSecurity>;
  readonly autoAllowSkills: Setting<boolean>;
  /** Entries of `*` first, then the agent's own. */
  readonly allowlist: readonly { readonly agent: string; readonly entry: PolicyEntry }[];
  readonly deny: readonly { readonly agent: string; readonly entry: PolicyDenyEntry }[];
}

/** What an absent field means. Source: exec section 1.3, "We". */
export const BUILT_IN: PolicyValues = {
  security: "allowlist",
  ask: "on-miss",
  askFallback: "deny",
  autoAllowSkills: false,
};

/** The policy for one agent; a missing id means `main`. Source: exec section 1.3. */
export function effectivePolicy(policy: LoadedPolicy, agentId: string | undefined): EffectivePolicy {
  const agent = agentId ?? "main";
  if (policy.kind === "malformed") {
    const rule: Rule = { kind: "policy-file", problem: policy.problem };
    return {
      agent,
      security: { value: "deny", rule },
      ask: { value: "off", rule },
      askFallback: { value: "deny", rule },
      autoAllowSkills: { value: false, rule },
      allowlist: [],
      deny: [],
    };
  }
  const { defaults, agents } = policy.document;
  const places: readonly Place[] = [
    { scope: agents.get(agent), from: agent === "*" ? "wildcard" : "agent", agent },
    { scope: agents.get("*"), from: "wildcard", agent: "*" },
    { scope: defaults, from: "defaults" },
  ];
  return {
    agent,
    security: pick("security", places),
    ask: pick("ask", places),
    askFallback: pick("askFallback", places),
    autoAllowSkills: pick("autoAllowSkills", places),
    ...listsOf(policy.document, agent),
  };
}

type Lists = Pick<EffectivePolicy, "allowlist" | "deny">;

/** Joined once for each agent of a document; agents that it does not name share the lists of `*`. */
const LISTS = new WeakMap<PolicyDocument, Map<string, Lists>>();

function listsOf(document: PolicyDocument, agent: string): Lists {
  const { agents } = document;
  const known = LISTS.get(document) ?? new Map<string, Lists>();
  LISTS.set(document, known);
  const named = agents.has(agent) ? agent : "*";
  const found = known.get(named);
  if (found !== undefined) return found;
  const layers = [...new Set(["*", named])].flatMap((key) => {
    const layer = agents.get(key);
    return layer === undefined ? [] : [{ key, layer }];
  });
  const lists: Lists = {
    allowlist: layers.flatMap(({ key, layer }) => layer.allowlist.map((entry) => ({ agent: key, entry }))),
    deny: layers.flatMap(({ key, layer }) => layer.deny.map((entry) => ({ agent: key, entry }))),
  };
  known.set(named, lists);
  return lists;
}

interface Place {
  readonly scope: PolicyScope | undefined;
  readonly from: SettingSource;
  readonly agent?: string;
}

function pick<K extends keyof PolicyValues>(field: K, places: readonly Place[]): Setting<PolicyValues[K]> {
  for (const { scope, from, agent } of places) {
    const value: PolicyValues[K] | undefined = scope?.[field];
    if (value === undefined) continue;
    const place = agent === undefined ? { from } : { from, agent };
    return { value, rule: { kind: "setting", field, value, ...place } };
  }
  const value = BUILT_IN[field];
  return { value, rule: { kind: "setting", field, value, from: "built-in" } };
}
