import type { Facts, PathStyle } from "../facts.ts";
import { guardFacts } from "../guard-facts.ts";
import { LIMITS } from "../limits.ts";
import type { AgentJson, LoadedPolicy, PolicyScope } from "../policy/document.ts";
import { ownAgent } from "../policy/normalise.ts";
import type { LintBudget } from "./cover-index.ts";
import { lintDanger, patternName } from "./danger-rules.ts";
import { isMarker, lintMatching } from "./entry-rules.ts";
import { lintDeniedFile, lintFile } from "./file-rules.ts";
import type { Finding, ListedAt } from "./finding.ts";
import { lintKeys } from "./key-rules.ts";
import {
  lintCovered,
  lintDenied,
  lintDuplicate,
  relationsOf,
  type EntryRelations,
  type RelationWorld,
} from "./relation-rules.ts";
import { lintScope } from "./setting-rules.ts";

interface World extends RelationWorld {
  readonly facts: Facts | undefined;
}

interface Lists {
  readonly allowlist: EntryRelations;
  readonly deny: EntryRelations;
}

/**
 * What is wrong with a policy that can be read: entries that do nothing, entries that do
 * more than they seem to, settings that are risky, keys that nobody reads. Without `facts`
 * nothing is said about files. The work is bounded by `LIMITS.lintSteps`.
 */
export function lintPolicy(
  policy: Extract<LoadedPolicy, { kind: "ok" }>,
  facts?: Facts,
  budget: LintBudget = { steps: LIMITS.lintSteps },
): readonly Finding[] {
  const { defaults = {}, agents = {}, ...rest } = policy.json;
  const seen = facts && guardFacts(facts);
  const everyone = ownAgent(agents, "*");
  const world = worldFor(everyone, seen, budget);
  const shared = listsOf("*", everyone, world);
  const findings = [
    ...lintKeys("file", rest, {}),
    ...lintKeys("defaults", defaultsJson(defaults), {}),
    ...lintScope({ own: defaults, inherited: [] }),
    ...Object.entries(agents).flatMap(([id, agent]) => {
      const inherited = id === "*" ? [defaults] : [everyone ?? {}, defaults];
      return lintAgent(id, agent, inherited, shared, seen, budget);
    }),
  ];
  if (budget.steps >= 0) return findings;
  const message =
    "there are too many entries to compare each with the others; some that do nothing may be missing here";
  return [...findings, { code: "too-much-to-check", severity: "note", message }];
}

function lintAgent(
  agent: string,
  json: AgentJson,
  inherited: readonly PolicyScope[],
  shared: Lists,
  facts: Facts | undefined,
  budget: LintBudget,
): readonly Finding[] {
  const world = worldFor(json, facts, budget);
  const own = agent === "*" ? shared : listsOf(agent, json, world);
  const lists = agent === "*" ? [shared] : [own, shared];
  return [
    ...lintKeys("agent", json, { agent }),
    ...lintScope({ agent, own: json, inherited }),
    ...listed(agent, "allowlist", json).flatMap((at) => lintAllowed(at, lists, world)),
    ...listed(agent, "deny", json).flatMap((at) => lintDeny(at, lists, world)),
  ];
}

/** A dead entry is only dead; everything else is looked at for what it allows. */
function lintAllowed(at: ListedAt, lists: readonly Lists[], world: World): readonly Finding[] {
  const { agent, list, index, entry } = at;
  const keys = lintKeys("allowlist", entry, { agent, list, index, pattern: entry.pattern });
  const dead = lintMatching(at, world.style);
  if (dead.length > 0 || isMarker(entry)) return [...keys, ...dead];
  const related =
    lintDenied(
      at,
      lists.map(({ deny }) => deny),
      world,
    ) ??
    lintDuplicate(
      at,
      lists.map(({ allowlist }) => allowlist),
    ) ??
    lintCovered(
      at,
      lists.map(({ allowlist }) => allowlist),
      world,
    );
  const { findings = [], realName } = world.facts === undefined ? {} : lintFile(at, world.facts);
  const name = patternName(entry.pattern, world.style);
  const names = [...new Set([name, realName].flatMap((each) => each ?? []))];
  const danger = lintDanger(at, names, world.style);
  // One word about who may write there is enough, and none about the file of an entry that covers nothing.
  const said = new Set(danger.map(({ code }) => code));
  if (said.has("shell") || said.has("carrier")) said.add("file-is-link");
  return [
    ...keys,
    ...danger,
    ...findings.filter(({ code }) => !said.has(code)),
    ...(related === undefined ? [] : [related]),
  ];
}

function lintDeny(at: ListedAt, lists: readonly Lists[], world: World): readonly Finding[] {
  const { agent, list, index, entry } = at;
  const denied = lists.map(({ deny }) => deny);
  const related = lintDuplicate(at, denied) ?? lintCovered(at, denied, world);
  const link = world.facts === undefined ? undefined : lintDeniedFile(at, world.facts);
  return [
    ...lintKeys("deny", entry, { agent, list, index, pattern: entry.pattern }),
    ...lintMatching(at, world.style),
    ...[link, related].flatMap((finding) => finding ?? []),
  ];
}

function listsOf(agent: string, json: AgentJson | undefined, world: RelationWorld): Lists {
  return {
    allowlist: relationsOf(listed(agent, "allowlist", json), world),
    deny: relationsOf(listed(agent, "deny", json), world),
  };
}

function listed(agent: string, list: "allowlist" | "deny", json: AgentJson | undefined): readonly ListedAt[] {
  return (json?.[list] ?? []).map((entry, index) => ({ agent, list, index, entry }));
}

/** Elsewhere, the patterns themselves have to say what kind of paths they are. */
function worldFor(json: AgentJson | undefined, facts: Facts | undefined, budget: LintBudget): World {
  const windows = json?.allowlist?.some(({ pattern }) => /^[A-Za-z]:[\\/]/u.test(pattern)) === true;
  const style: PathStyle = facts?.pathStyle ?? (windows ? "win32" : "posix");
  return { style, home: facts?.home, budget, facts };
}

function defaultsJson(defaults: PolicyScope): Readonly<Record<string, unknown>> {
  return { ...defaults };
}
