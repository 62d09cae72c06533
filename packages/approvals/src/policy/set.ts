import type { AgentJson, DenyJson, EntryJson, LoadedPolicy, PolicyJson } from "./document.ts";
import { denyKey } from "./deny-key.ts";
import { edited, randomEntryId, type PolicyEdit, type PolicyEditCode, type RandomId } from "./edit.ts";
import { isNarrowing } from "./narrow.ts";
import { ownAgent } from "./normalise.ts";
import { readDocument } from "./read.ts";

export interface SetOptions {
  readonly randomId?: RandomId | undefined;
  /** What the owner lets a Gateway change. Default `free`. */
  readonly edits?: "free" | "narrow" | "off" | undefined;
}

/** Keys that a Gateway sees and so may change; every other key is ours and stays. */
const AGENT_KEYS = new Set(["security", "ask", "askFallback", "autoAllowSkills", "allowlist"]);
const ENTRY_KEYS = new Set(["source", "argPattern", "lastUsedAt", "lastUsedCommand", "lastResolvedPath"]);

/**
 * `system.execApprovals.set`: checks the base hash, then replaces what the wire form shows
 * and keeps what it does not (token, deny entries, unknown keys). Messages carry the exact
 * texts of exec section 1.5 with their leading `Error: `.
 */
export function applySet(
  current: LoadedPolicy,
  params: { readonly file?: unknown; readonly baseHash?: unknown },
  options: SetOptions = {},
): PolicyEdit {
  const { edits = "free", randomId = randomEntryId } = options;
  if (edits === "off") {
    return refuse("edits-off", "exec approvals are not editable by the Gateway on this node");
  }
  const { file, baseHash } = params;
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    return refuse("file-required", "exec approvals file required");
  }
  const given = typeof baseHash === "string" && baseHash !== "" ? baseHash : undefined;
  if (current.exists && given === undefined) {
    return refuse("base-hash-required", "exec approvals base hash required; reload and retry");
  }
  if (given !== undefined && given !== current.hash) {
    return refuse("base-hash-changed", "exec approvals changed; reload and retry");
  }
  const read = readDocument(file);
  if (!read.ok) {
    return refuse("file-invalid", `exec approvals file invalid: ${read.problem.message}`);
  }
  const base = current.kind === "ok" ? current.json : undefined;
  const result = edited(merge(base, read.json, randomId));
  if (!result.ok) return refuse(result.code, `exec approvals file invalid: ${result.message}`);
  if (edits === "narrow" && !isNarrowing(current, result.policy)) {
    return refuse("edit-widens", "exec approvals may only be narrowed by the Gateway on this node");
  }
  return result;
}

function merge(base: PolicyJson | undefined, incoming: PolicyJson, randomId: RandomId): PolicyJson {
  const { version: _version, socket: before, defaults: _defaults, agents, ...kept } = base ?? {};
  const socket = mergeSocket(before ?? {}, incoming.socket ?? {});
  const ids = new Set([...Object.keys(incoming.agents ?? {}), ...Object.keys(agents ?? {})]);
  const merged = [...ids].flatMap((id) => {
    const agent = mergeAgent(ownAgent(agents, id), ownAgent(incoming.agents, id), randomId);
    return agent === undefined ? [] : [[id, agent] as const];
  });
  return {
    version: 1,
    ...(Object.keys(socket).length === 0 ? {} : { socket }),
    ...(incoming.defaults === undefined ? {} : { defaults: incoming.defaults }),
    agents: Object.fromEntries(merged),
    ...kept,
  };
}

/** Incoming values win; absent ones keep the current, so a redacted round trip keeps the token. */
function mergeSocket(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(after)
    .map(([key, value]) => [key, typeof value === "string" ? value.trim() : value] as const)
    .filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return { ...before, ...Object.fromEntries(given) };
}

function mergeAgent(
  before: AgentJson | undefined,
  after: AgentJson | undefined,
  randomId: RandomId,
): AgentJson | undefined {
  const deny = mergeDeny(before?.deny ?? [], after?.deny ?? []);
  // Deny entries are the owner's word: removing the agent over the wire does not remove them.
  if (after === undefined) return deny.length === 0 ? undefined : { deny };
  const { allowlist, deny: _deny, ...rest } = after;
  return {
    ...without(before ?? {}, AGENT_KEYS),
    ...rest,
    ...(allowlist === undefined
      ? {}
      : { allowlist: allowlist.map((entry) => mergeEntry(before?.allowlist, entry, randomId)) }),
    ...(deny.length === 0 ? {} : { deny }),
  };
}

function mergeDeny(before: readonly DenyJson[], after: readonly DenyJson[]): readonly DenyJson[] {
  const known = new Set(before.map((entry) => denyKey(entry)));
  return [...before, ...after.filter((entry) => !known.has(denyKey(entry)))];
}

function mergeEntry(
  known: readonly EntryJson[] | undefined,
  entry: EntryJson,
  randomId: RandomId,
): EntryJson {
  const { id, pattern } = entry;
  const named = typeof id === "string" && id !== "";
  const before = known?.find(
    (item) => item.pattern === pattern && (named ? item["id"] === id : isSameUnnamed(item, entry)),
  );
  return { ...without(before ?? {}, ENTRY_KEYS), ...entry, ...(named ? {} : { id: randomId() }) };
}

/** An entry without an id is known by what it says; what the wire does not show stays with it. */
function isSameUnnamed(before: EntryJson, after: EntryJson): boolean {
  return before["argPattern"] === after["argPattern"] && before["source"] === after["source"];
}

function without(
  object: Readonly<Record<string, unknown>>,
  keys: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

function refuse(code: PolicyEditCode, text: string): PolicyEdit {
  return { ok: false, code, message: `Error: INVALID_REQUEST: ${text}` };
}
