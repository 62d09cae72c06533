import type { EntryUse } from "../decision.ts";
import { LIMITS } from "../limits.ts";
import { GENERATED_PREFIX } from "../match/argument-hash.ts";
import type { EntryJson, LoadedPolicy } from "./document.ts";
import {
  edited,
  malformedEdit,
  randomEntryId,
  unchanged,
  withAgent,
  type PolicyEdit,
  type RandomId,
} from "./edit.ts";
import { ownAgent } from "./normalise.ts";
import { conditionSchema, patternSchema } from "./schema.ts";

export interface EntryChange {
  readonly pattern: string;
  /** Key under `agents`; `*` means every agent. */
  readonly agent: string;
  /** Regular expression on the arguments; when removing, absent means entries with any. */
  readonly argPattern?: string | undefined;
}

/**
 * Adds an entry; unchanged when it is there. One with an argument pattern is added beside
 * one without, which is wider; it never takes its place. Source: protocol section 6.2.
 */
export function addAllowlistEntry(
  current: LoadedPolicy,
  change: EntryChange & { readonly now: number },
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  return addAllowlistEntries(current, [change], change.now, randomId);
}

/** Adds all of them or none, in one edit: a policy is rendered and read back once. */
export function addAllowlistEntries(
  current: LoadedPolicy,
  changes: readonly EntryChange[],
  now: number,
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  let { json } = current;
  for (const { agent: id, argPattern, pattern: text } of changes) {
    const pattern = text.trim();
    const refused = refusedPattern(pattern, argPattern);
    if (refused !== undefined) return refused;
    const before = ownAgent(json.agents, id);
    const list = before?.allowlist ?? [];
    if (list.some((entry) => isOwners(entry, argPattern) && entry.pattern === pattern)) continue;
    const condition = argPattern === undefined ? {} : { argPattern };
    const allowlist = [...list, { id: randomId(), pattern, ...condition, lastUsedAt: now }];
    json = withAgent(json, id, { ...before, allowlist });
  }
  return json === current.json ? unchanged(current) : edited(json);
}

/** Removes every entry with this pattern and condition; empty lists and agents go with it. */
export function removeAllowlistEntry(current: LoadedPolicy, change: EntryChange): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const pattern = change.pattern.trim();
  const before = ownAgent(current.json.agents, change.agent);
  const list = before?.allowlist ?? [];
  const { argPattern } = change;
  const left = list.filter(
    (entry) =>
      entry.pattern.trim() !== pattern || (argPattern !== undefined && entry["argPattern"] !== argPattern),
  );
  if (before === undefined || left.length === list.length) return unchanged(current);
  const { allowlist: _allowlist, ...rest } = before;
  const agent = left.length === 0 ? rest : { ...rest, allowlist: left };
  const gone = Object.keys(agent).length === 0;
  return edited(withAgent(current.json, change.agent, gone ? undefined : agent));
}

/**
 * Notes that entries were used: nothing but their bookkeeping fields changes. The text of
 * a command is not kept for generated entries. Source: exec section 1.6.
 */
export function recordUse(
  current: LoadedPolicy,
  uses: readonly EntryUse[],
  use: { readonly now: number; readonly commandText: string },
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  let json = current.json;
  for (const id of new Set(uses.map(({ agent }) => agent))) {
    const agent = ownAgent(json.agents, id);
    const allowlist = agent?.allowlist?.map((entry) => {
      const found = uses.find((item) => item.agent === id && isUsed(entry, item));
      return found === undefined ? entry : noted(entry, found, use, randomId);
    });
    if (allowlist !== undefined) json = withAgent(json, id, { ...agent, allowlist });
  }
  return json === current.json ? unchanged(current) : edited(json);
}

function noted(
  entry: EntryJson,
  use: EntryUse,
  { now, commandText }: { readonly now: number; readonly commandText: string },
  randomId: RandomId,
): EntryJson {
  const { lastUsedCommand: _old, ...rest } = entry;
  const generated = use.argPattern?.startsWith(GENERATED_PREFIX) === true;
  return {
    ...rest,
    id: typeof entry["id"] === "string" && entry["id"] !== "" ? entry["id"] : randomId(),
    lastUsedAt: now,
    ...(generated ? {} : { lastUsedCommand: commandText.slice(0, LIMITS.patternChars) }),
    lastResolvedPath: use.resolvedPath,
  };
}

function isUsed(entry: EntryJson, use: EntryUse): boolean {
  return entry.pattern === use.pattern && entry["argPattern"] === use.argPattern;
}

/** An entry that says exactly this; one with a condition of another kind says less. */
function isOwners(entry: EntryJson, argPattern: string | undefined): boolean {
  return (
    entry["argPattern"] === argPattern &&
    ["source", "contentSha256", "launchSha256"].every((key) => entry[key] === undefined)
  );
}

/** Why a pattern cannot be added. Those that begin with `=` are generated, and mean something else. */
export function refusedPattern(pattern: string, argPattern: string | undefined): PolicyEdit | undefined {
  if (!patternSchema.safeParse(pattern).success || pattern.startsWith("=")) {
    return { ok: false, code: "pattern-invalid", message: `\`${pattern}\` is not a pattern` };
  }
  if (conditionSchema.safeParse(argPattern).success) return undefined;
  return { ok: false, code: "pattern-invalid", message: "the argument pattern is blank or too long" };
}
