import { canonicalJson } from "./canonical-json.ts";
import type { EntryTerms, PolicyDifference } from "./diff.ts";

type Entry = Readonly<Record<string, unknown>> & { readonly pattern: string };

/** What the host writes into entries by itself. */
const BOOKKEEPING: ReadonlySet<string> = new Set(["id", "lastUsedAt", "lastUsedCommand", "lastResolvedPath"]);
const TERMS = ["argPattern", "source", "contentSha256", "launchSha256", "reason"] as const;

/**
 * Pairs the entries of two lists: first those that say the same, then those with the same
 * id, then those with the same pattern. What has no partner was added or removed.
 */
export function diffEntries(
  kind: "entry" | "deny-entry",
  agent: string,
  before: readonly Entry[],
  after: readonly Entry[],
): readonly PolicyDifference[] {
  const same = pair(before, after, (entry) => canonicalJson(withoutBookkeeping(entry)));
  const named = pair(same.before, same.after, idOf);
  const alike = pair(named.before, named.after, (entry) => entry.pattern);
  return [
    ...[...named.pairs, ...alike.pairs].map(([from, to]) => changed(kind, agent, from, to)),
    ...alike.before.map((entry): PolicyDifference => ({
      kind,
      change: "removed",
      agent,
      pattern: entry.pattern,
      from: termsOf(entry),
    })),
    ...alike.after.map((entry): PolicyDifference => ({
      kind,
      change: "added",
      agent,
      pattern: entry.pattern,
      to: termsOf(entry),
    })),
  ];
}

function changed(kind: "entry" | "deny-entry", agent: string, from: Entry, to: Entry): PolicyDifference {
  const known = new Set<string>(["pattern", ...TERMS]);
  const [was, is] = [withoutBookkeeping(from), withoutBookkeeping(to)];
  const others = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => !known.has(key) && canonicalJson(was[key]) !== canonicalJson(is[key]),
  );
  return {
    kind,
    change: "changed",
    agent,
    pattern: to.pattern,
    ...(others.length === 0 ? {} : { field: others.join(", ") }),
    from: termsOf(from),
    to: termsOf(to),
  };
}

interface Paired {
  readonly pairs: readonly (readonly [Entry, Entry])[];
  /** Without a partner. */
  readonly before: readonly Entry[];
  readonly after: readonly Entry[];
}

/** One walk over each list; entries without a key stay alone. */
function pair(
  before: readonly Entry[],
  after: readonly Entry[],
  keyOf: (entry: Entry) => string | undefined,
): Paired {
  const waiting = new Map<string, Entry[]>();
  for (const entry of before.toReversed()) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [entry]);
    else list.push(entry);
  }
  const pairs: (readonly [Entry, Entry])[] = [];
  const alone: Entry[] = [];
  const taken = new Set<Entry>();
  for (const entry of after) {
    const key = keyOf(entry);
    const partner = key === undefined ? undefined : waiting.get(key)?.pop();
    if (partner === undefined) alone.push(entry);
    else {
      taken.add(partner);
      pairs.push([partner, entry]);
    }
  }
  return { pairs, before: before.filter((entry) => !taken.has(entry)), after: alone };
}

function idOf({ id }: Entry): string | undefined {
  return typeof id === "string" && id !== "" ? id : undefined;
}

function termsOf(entry: Entry): EntryTerms {
  const terms = TERMS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]] as const]));
  return { pattern: entry.pattern, ...Object.fromEntries(terms) };
}

function withoutBookkeeping(entry: Entry): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !BOOKKEEPING.has(key)));
}
