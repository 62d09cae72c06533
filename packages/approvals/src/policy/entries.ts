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
import { patternSchema } from "./schema.ts";

export interface EntryChange {
  readonly pattern: string;
  /** Key under `agents`; `*` means every agent. */
  readonly agent: string;
}

/** Adds a path entry; unchanged when it is there. Source: protocol section 6.2. */
export function addAllowlistEntry(
  current: LoadedPolicy,
  change: EntryChange & { readonly now: number },
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const { agent: id, now } = change;
  const pattern = change.pattern.trim();
  if (!patternSchema.safeParse(pattern).success || pattern.startsWith("=")) {
    return { ok: false, code: "pattern-invalid", message: `\`${pattern}\` is not a pattern` };
  }
  const before = ownAgent(current.json.agents, id);
  const list = before?.allowlist ?? [];
  if (list.some((entry) => isUnconditional(entry) && entry.pattern === pattern)) {
    return unchanged(current);
  }
  const allowlist = [...list, { id: randomId(), pattern, lastUsedAt: now }];
  return edited(withAgent(current.json, id, { ...before, allowlist }));
}

/** Removes every entry with this pattern; empty lists and agents go with it. */
export function removeAllowlistEntry(current: LoadedPolicy, change: EntryChange): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const pattern = change.pattern.trim();
  const before = ownAgent(current.json.agents, change.agent);
  const list = before?.allowlist ?? [];
  const left = list.filter((entry) => entry.pattern.trim() !== pattern);
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

function isUnconditional(entry: EntryJson): boolean {
  return entry["argPattern"] === undefined && entry["source"] === undefined;
}
