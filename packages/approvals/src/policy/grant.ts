import type { PolicySnapshot } from "@openclaw/protocol";
import { isSnapshotCurrent, policySnapshot } from "../approval/snapshot.ts";
import { GENERATED_PREFIX } from "../match/argument-hash.ts";
import type { EntryJson, LoadedPolicy, PolicyEntry } from "./document.ts";
import { denyKey } from "./deny-key.ts";
import { edited, malformedEdit, randomEntryId, withAgent, type PolicyEdit, type RandomId } from "./edit.ts";
import { effectivePolicy, type EffectivePolicy } from "./effective.ts";
import { ownAgent } from "./normalise.ts";

/** What an operator's "allow always" saves; made by the decision that it belongs to. */
export interface AlwaysGrant {
  readonly agent: string;
  readonly entries: readonly PolicyEntry[];
  /** The policy under which the decision was made. */
  readonly snapshot: PolicySnapshot;
  /** The deny entries of then, by what they say. */
  readonly denied: readonly string[];
}

/** The grant of a decision made under `policy`. */
export function alwaysGrant(policy: EffectivePolicy, entries: readonly PolicyEntry[]): AlwaysGrant {
  return {
    agent: policy.agent,
    entries,
    snapshot: policySnapshot(policy),
    denied: policy.deny.map(({ entry }) => denyKey(entry)),
  };
}

/**
 * Saves a grant; the host stores the result before the run starts, in one step with having
 * read `current`. Refused when the policy has changed since the decision. An entry that is
 * there is renewed, and older generated entries for the same program go, because they are
 * wider than what was approved. Source: exec sections 2.3, step 8, and 2.5.
 */
export function grantAlways(
  current: LoadedPolicy,
  grant: AlwaysGrant,
  use: { readonly now: number },
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  if (current.kind === "malformed") return malformedEdit();
  const { agent: id, entries, snapshot, denied } = grant;
  const policy = effectivePolicy(current, id);
  const known = new Set(denied);
  const stale =
    !isSnapshotCurrent(snapshot, policySnapshot(policy)) ||
    policy.deny.some(({ entry }) => !known.has(denyKey(entry)));
  if (stale) {
    const message = "the policy has changed since the approval was asked for; ask again";
    return { ok: false, code: "policy-changed", message };
  }
  const before = ownAgent(current.json.agents, id);
  const kept = (before?.allowlist ?? []).filter((entry) => !isOutdated(entry, entries));
  const allowlist = entries.reduce((list, entry) => renewed(list, entry, use.now, randomId), kept);
  return edited(withAgent(current.json, id, { ...before, allowlist }));
}

/** A generated entry without a directory, for a program that now has one with it. */
function isOutdated(entry: EntryJson, entries: readonly PolicyEntry[]): boolean {
  const { source, argPattern } = entry;
  if (source !== "allow-always" || entry.pattern.startsWith("=")) return false;
  const bound = typeof argPattern === "string" && argPattern.startsWith(GENERATED_PREFIX);
  return !bound && entries.some((each) => each.pattern === entry.pattern);
}

function renewed(
  list: readonly EntryJson[],
  entry: PolicyEntry,
  now: number,
  randomId: RandomId,
): EntryJson[] {
  const at = list.findIndex((item) => isSame(item, entry));
  const before = list[at];
  const id = before?.["id"];
  const made = {
    id: typeof id === "string" && id !== "" ? id : randomId(),
    ...entry,
    lastUsedAt: now,
    ...(before?.["lastResolvedPath"] === undefined ? {} : { lastResolvedPath: before["lastResolvedPath"] }),
  };
  return at < 0 ? [...list, made] : list.toSpliced(at, 1, made);
}

/** The same but for the content of the file, which may have changed since. */
function isSame(item: EntryJson, entry: PolicyEntry): boolean {
  return (
    item.pattern === entry.pattern &&
    item["argPattern"] === entry.argPattern &&
    item["source"] === entry.source &&
    item["launchSha256"] === entry.launchSha256
  );
}
