import { LIMITS } from "../limits.ts";
import { readJsonText, type Places } from "../policy/json-text.ts";
import type { PolicyJson } from "../policy/document.ts";
import { ownAgent } from "../policy/normalise.ts";
import type { Finding } from "./finding.ts";

/** Line and column, both from 1; columns in UTF-16 units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Finds where in the text of a policy the thing stands that a finding speaks of. Entries
 * are found by what they say, because reading drops what is no entry and merges agents.
 */
export function findingPlaces(text: string, json: PolicyJson): (finding: Finding) => TextPlace | undefined {
  const read = readJsonText(text, LIMITS.policyDepth);
  if (!read.ok) return () => undefined;
  const { places } = read;
  const root = objectOf(read.value);
  const agents = objectOf(root["agents"]);
  const placeOf = lineIndex(text);
  const lists = new Map<string, readonly (Spot | undefined)[]>();
  const spotsOf = (agent: string, list: "allowlist" | "deny"): readonly (Spot | undefined)[] => {
    const key = `${list} ${agent}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const raw = rawAgents(agents, agent).flatMap((each) => spotsIn(each[list], places));
    const spots = inOrder(raw, ownAgent(json.agents, agent)?.[list] ?? []);
    lists.set(key, spots);
    return spots;
  };
  const offsetOf = ({ agent, list, index, field }: Finding): number | undefined => {
    if (agent === undefined) {
      const owners = [objectOf(root["defaults"]), root];
      return field === undefined ? undefined : firstOffset(owners, field, places);
    }
    if (list !== undefined && index !== undefined) {
      const spot = spotsOf(agent, list)[index];
      return (
        (field === undefined ? undefined : firstOffset([objectOf(spot?.item)], field, places)) ?? spot?.offset
      );
    }
    const owner = field === undefined ? undefined : firstOffset(rawAgents(agents, agent), field, places);
    return owner ?? places.get(agents)?.get(agent);
  };
  return (finding) => {
    const offset = offsetOf(finding);
    return offset === undefined ? undefined : placeOf(offset);
  };
}

interface Spot {
  readonly item: unknown;
  readonly offset: number;
}

/** The agent `default` of older writers is read as `main`, after it. */
function rawAgents(agents: Json, agent: string): readonly Json[] {
  const names = agent === "main" ? ["main", "default"] : [agent];
  return names.flatMap((name) => (Object.hasOwn(agents, name) ? [objectOf(agents[name])] : []));
}

function spotsIn(list: unknown, places: Places): readonly Spot[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown, index) => ({ item, offset: places.get(list)?.get(String(index)) ?? 0 }));
}

/** The places of entries as they were read, by what they say; the same ones in their order. */
function inOrder(raw: readonly Spot[], entries: readonly Json[]): readonly (Spot | undefined)[] {
  const waiting = new Map<string, Spot[]>();
  for (const spot of raw.toReversed()) {
    const key = keyOf(typeof spot.item === "string" ? { pattern: spot.item.trim() } : objectOf(spot.item));
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [spot]);
    else list.push(spot);
  }
  return entries.map((entry) => waiting.get(keyOf(entry))?.pop());
}

function keyOf({ pattern, argPattern, source }: Json): string {
  return JSON.stringify([pattern, argPattern ?? null, source ?? null]);
}

function firstOffset(owners: readonly object[], field: string, places: Places): number | undefined {
  for (const owner of owners) {
    const offset = places.get(owner)?.get(field);
    if (offset !== undefined) return offset;
  }
  return undefined;
}

/** Turns offsets into lines without reading the text again for each. */
export function lineIndex(text: string): (offset: number) => TextPlace {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The object itself, because places are kept by it. */
function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
