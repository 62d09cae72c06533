import type { PathStyle } from "../facts.ts";
import { expandHome, isPathPattern } from "../match/entry.ts";
import { canonicalJson } from "../policy/canonical-json.ts";
import { quoteWord } from "../quote.ts";
import { toolModel } from "../tools/models.ts";
import { coverIndex, type CoverIndex, type LintBudget } from "./cover-index.ts";
import { isEverything, patternName } from "./danger-rules.ts";
import { entryFinding, removal, type Finding, type ListedAt } from "./finding.ts";
import { globCovers } from "./glob-cover.ts";

/** Entries of one agent, or of `*`, that can be asked which of them covers or denies a pattern. */
export interface EntryRelations {
  readonly paths: CoverIndex<ListedAt>;
  readonly names: CoverIndex<ListedAt>;
  readonly same: Map<string, ListedAt>;
}

export interface RelationWorld {
  readonly style: PathStyle;
  readonly home: string | undefined;
  readonly budget: LintBudget;
}

const CONDITIONS = ["argPattern", "source", "contentSha256", "launchSha256"] as const;
/** Tools whose dangerous arguments only an entry with an argument pattern covers. */
const MODELLED: ReadonlySet<string> = new Set(["git", "sed", "gsed", "awk", "gawk", "mawk", "nawk"]);

/** An index of the entries that may make others useless: those without conditions. */
export function relationsOf(entries: readonly ListedAt[], world: RelationWorld): EntryRelations {
  const [paths, names] = [coverIndex<ListedAt>(), coverIndex<ListedAt>()];
  const same = new Map<string, ListedAt>();
  for (const at of entries) {
    const key = sameKey(at);
    if (!same.has(key)) same.set(key, at);
    if (isConditional(at) || at.entry.pattern.startsWith("=")) continue;
    const pattern = plain(at.entry.pattern, world);
    if (isPathPattern(pattern, world.style)) paths.add(pattern, at);
    else names.add(pattern, at);
  }
  return { paths, names, same };
}

/** The same entry once more, in the list of the agent or of `*`. */
export function lintDuplicate(at: ListedAt, lists: readonly EntryRelations[]): Finding | undefined {
  const key = sameKey(at);
  for (const { same } of lists) {
    const first = same.get(key);
    if (first === undefined || (first.agent === at.agent && first.index >= at.index)) continue;
    const [place, fix] =
      first.agent === at.agent
        ? [`is entry ${first.index + 1} of the same list again`, EDIT]
        : ["is in the list of `*` as well, which counts for every agent", removal(at)];
    return entryFinding(at, "duplicate", "warning", `it ${place}`, fix);
  }
  return undefined;
}

/** An entry that another one makes useless, or whose conditions it makes moot. */
export function lintCovered(
  at: ListedAt,
  lists: readonly EntryRelations[],
  world: RelationWorld,
): Finding | undefined {
  const pattern = plain(at.entry.pattern, world);
  const byPath = isPathPattern(pattern, world.style);
  const conditional = isConditional(at);
  const suits = (other: ListedAt): boolean => {
    if (other.agent !== at.agent) return true;
    if (other.index === at.index) return false;
    if (other.index < at.index || conditional) return true;
    // Of two that cover each other, one has to stay.
    return !globCovers(pattern, plain(other.entry.pattern, world)).covers;
  };
  for (const { paths, names } of lists) {
    // A bare star is every program, whichever way it is asked for.
    const wide =
      (byPath ? paths : names).find(pattern, world.budget, suits) ??
      (byPath
        ? names.find("*", world.budget, (other) => other.entry.pattern === "*" && suits(other))
        : undefined);
    if (wide === undefined) continue;
    // It is the one that should go, and that is said.
    if (at.list === "allowlist" && isEverything(wide.entry.pattern)) return undefined;
    const other = `${shown(wide.entry.pattern)}${wide.agent === at.agent ? "" : " of agent `*`"}`;
    if (!conditional) {
      const what = at.list === "deny" ? "denies" : "allows";
      const message = `it adds nothing: the entry ${other} ${what} all of it`;
      return entryFinding(at, "covered", "warning", message, removal(at));
    }
    const name = patternName(at.entry.pattern, world.style);
    const meansMore = name !== undefined && (MODELLED.has(name) || toolModel(name) !== undefined);
    if (at.list === "allowlist" && meansMore) return undefined;
    const message = `its conditions restrict nothing: the entry ${other} has none`;
    const generated = at.entry["source"] === "allow-always";
    return entryFinding(
      at,
      "condition-moot",
      generated ? "note" : "warning",
      message,
      generated ? removal(at) : EDIT,
    );
  }
  return undefined;
}

/** An allow entry that a deny entry makes useless. */
export function lintDenied(
  at: ListedAt,
  denied: readonly EntryRelations[],
  world: RelationWorld,
): Finding | undefined {
  const pattern = plain(at.entry.pattern, world);
  const byPath = isPathPattern(pattern, world.style);
  const name = byPath ? pattern.slice(pattern.lastIndexOf("/") + 1) : pattern;
  for (const { paths, names } of denied) {
    const hit =
      (byPath ? paths.find(pattern, world.budget, () => true) : undefined) ??
      names.find(name, world.budget, () => true);
    if (hit === undefined) continue;
    const place = hit.agent === at.agent ? "" : " of agent `*`";
    const message = `it allows nothing: the deny entry ${shown(hit.entry.pattern)}${place} wins`;
    return entryFinding(at, "denied", "warning", message, removal(at));
  }
  return undefined;
}

function isConditional({ entry }: ListedAt): boolean {
  return CONDITIONS.some((key) => entry[key] !== undefined);
}

function sameKey({ entry }: ListedAt): string {
  return canonicalJson([entry.pattern, ...CONDITIONS.map((key) => entry[key] ?? null)]);
}

/** As it is compared: with the home directory, and on Windows without case and with one kind of slash. */
function plain(pattern: string, { style, home }: RelationWorld): string {
  const expanded = home === undefined ? pattern : expandHome(pattern, home);
  return style === "posix" ? expanded : expanded.replaceAll("\\", "/").toLowerCase();
}

function shown(text: string): string {
  return `\`${quoteWord(text)}\``;
}

const EDIT = ["openclaw", "approvals", "edit"] as const;
