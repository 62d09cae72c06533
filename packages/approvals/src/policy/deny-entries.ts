import { LIMITS } from "../limits.ts";
import type { LoadedPolicy } from "./document.ts";
import { edited, malformedEdit, unchanged, withAgent, type PolicyEdit } from "./edit.ts";
import { refusedPattern, type EntryChange } from "./entries.ts";
import { ownAgent } from "./normalise.ts";

export interface DenyChange extends EntryChange {
  /** Shown to whoever is refused. */
  readonly reason?: string | undefined;
}

/**
 * Adds a deny entry; unchanged when the same is denied with the same reason. A new reason
 * takes the place of the old one. Nothing that was denied is allowed afterwards.
 */
export function addDenyEntry(current: LoadedPolicy, change: DenyChange): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const { agent: id, argPattern, reason } = change;
  const pattern = change.pattern.trim();
  const refused = refusedPattern(pattern, argPattern);
  if (refused !== undefined) return refused;
  if (reason !== undefined && (reason.trim() === "" || reason.length > LIMITS.reasonChars)) {
    const message = `the reason is blank or longer than ${LIMITS.reasonChars} characters`;
    return { ok: false, code: "pattern-invalid", message };
  }
  const before = ownAgent(current.json.agents, id);
  const list = before?.deny ?? [];
  const at = list.findIndex((entry) => entry.pattern === pattern && entry["argPattern"] === argPattern);
  const found = list[at];
  if (found !== undefined && (reason === undefined || found.reason === reason)) return unchanged(current);
  const entry = {
    ...(found ?? { pattern, ...(argPattern === undefined ? {} : { argPattern }) }),
    ...(reason === undefined ? {} : { reason }),
  };
  const deny = found === undefined ? [...list, entry] : list.with(at, entry);
  return edited(withAgent(current.json, id, { ...before, deny }));
}

/** Removes every deny entry with this pattern and condition; empty lists and agents go with it. */
export function removeDenyEntry(current: LoadedPolicy, change: EntryChange): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const { agent: id, argPattern } = change;
  const pattern = change.pattern.trim();
  const before = ownAgent(current.json.agents, id);
  const list = before?.deny ?? [];
  const left = list.filter(
    (entry) =>
      entry.pattern.trim() !== pattern || (argPattern !== undefined && entry["argPattern"] !== argPattern),
  );
  if (before === undefined || left.length === list.length) return unchanged(current);
  const { deny: _deny, ...rest } = before;
  const agent = left.length === 0 ? rest : { ...rest, deny: left };
  return edited(withAgent(current.json, id, Object.keys(agent).length === 0 ? undefined : agent));
}
