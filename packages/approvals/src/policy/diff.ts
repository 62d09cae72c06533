import type { SettingField } from "../rule.ts";
import type { AgentJson, LoadedPolicy, PolicyJson } from "./document.ts";
import { canonicalJson } from "./canonical-json.ts";
import { diffEntries } from "./diff-entries.ts";
import { ownAgent } from "./normalise.ts";

/** What an entry says, without its bookkeeping. */
export interface EntryTerms {
  readonly pattern: string;
  readonly argPattern?: unknown;
  readonly source?: unknown;
  readonly contentSha256?: unknown;
  readonly launchSha256?: unknown;
  readonly reason?: unknown;
}

/** One difference between two policies. Flat and plain, so that it can be logged as it is. */
export interface PolicyDifference {
  readonly kind: "setting" | "entry" | "deny-entry" | "agent" | "other";
  readonly change: "added" | "removed" | "changed";
  /** Key under `agents`; absent where `defaults` or the whole file is meant. */
  readonly agent?: string;
  /** The setting, or the names of keys that this engine does not read. */
  readonly field?: string;
  /** Pattern of an entry, as it is after the change where it still exists. */
  readonly pattern?: string;
  /** The value before: of a setting, or what an entry said. Never of an unknown key, which may be a secret. */
  readonly from?: string | boolean | EntryTerms;
  readonly to?: string | boolean | EntryTerms;
}

const SETTINGS: readonly SettingField[] = ["security", "ask", "askFallback", "autoAllowSkills"];
const SETTING_KEYS: ReadonlySet<string> = new Set(SETTINGS);
const AGENT_KEYS: ReadonlySet<string> = new Set([...SETTINGS, "allowlist", "deny"]);
const FILE_KEYS: ReadonlySet<string> = new Set(["version", "socket", "defaults", "agents"]);

type Json = Readonly<Record<string, unknown>>;

/**
 * What changed in meaning: settings, agents, entries. The order of entries and their
 * bookkeeping (ids, last use) say nothing about what may run, and are left out. A policy
 * that cannot be read counts as empty, with one difference that says so.
 */
export function diffPolicies(before: LoadedPolicy, after: LoadedPolicy): readonly PolicyDifference[] {
  const [old, now] = [jsonOf(before), jsonOf(after)];
  const ids = new Set([...Object.keys(old.agents ?? {}), ...Object.keys(now.agents ?? {})]);
  return [
    ...readability(before, after),
    ...diffSettings(undefined, old.defaults ?? {}, now.defaults ?? {}),
    ...diffOther({ file: "defaults." }, old.defaults ?? {}, now.defaults ?? {}, SETTING_KEYS),
    ...[...ids].flatMap((id) => diffAgent(id, ownAgent(old.agents, id), ownAgent(now.agents, id))),
    ...diffOther({ file: "socket." }, old.socket ?? {}, now.socket ?? {}, new Set()),
    ...diffOther({ file: "" }, old, now, FILE_KEYS),
  ];
}

function jsonOf(policy: LoadedPolicy): PolicyJson {
  return policy.kind === "ok" ? policy.json : { version: 1 };
}

function readability(before: LoadedPolicy, after: LoadedPolicy): readonly PolicyDifference[] {
  if (before.kind === after.kind) return [];
  const word = (policy: LoadedPolicy): string => (policy.kind === "ok" ? "readable" : "malformed");
  return [{ kind: "other", change: "changed", field: "file", from: word(before), to: word(after) }];
}

function diffAgent(
  agent: string,
  before: AgentJson | undefined,
  after: AgentJson | undefined,
): readonly PolicyDifference[] {
  const whole: readonly PolicyDifference[] =
    before === undefined
      ? [{ kind: "agent", change: "added", agent }]
      : after === undefined
        ? [{ kind: "agent", change: "removed", agent }]
        : [];
  const [old, now]: readonly [AgentJson, AgentJson] = [before ?? {}, after ?? {}];
  return [
    ...whole,
    ...diffSettings(agent, old, now),
    ...diffEntries("entry", agent, old.allowlist ?? [], now.allowlist ?? []),
    ...diffEntries("deny-entry", agent, old.deny ?? [], now.deny ?? []),
    ...diffOther({ agent }, old, now, AGENT_KEYS),
  ];
}

function diffSettings(agent: string | undefined, before: Json, after: Json): readonly PolicyDifference[] {
  return SETTINGS.flatMap((field) => {
    const [from, to] = [scalarAt(before, field), scalarAt(after, field)];
    if (from === to) return [];
    return [
      {
        kind: "setting" as const,
        change: from === undefined ? ("added" as const) : to === undefined ? "removed" : "changed",
        ...(agent === undefined ? {} : { agent }),
        field,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
    ];
  });
}

function scalarAt(scope: Json, field: string): string | boolean | undefined {
  const value = scope[field];
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}

/** Keys that this engine does not read: by name, never by value. */
function diffOther(
  place: { readonly agent: string } | { readonly file: string },
  before: Json,
  after: Json,
  known: ReadonlySet<string>,
): readonly PolicyDifference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    if (known.has(key)) return [];
    const [was, is] = [valueAt(before, key), valueAt(after, key)];
    if (canonicalJson(was) === canonicalJson(is)) return [];
    return [
      {
        kind: "other" as const,
        change: was === undefined ? ("added" as const) : is === undefined ? "removed" : "changed",
        ...("agent" in place ? { agent: place.agent, field: key } : { field: `${place.file}${key}` }),
      },
    ];
  });
}

function valueAt(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
