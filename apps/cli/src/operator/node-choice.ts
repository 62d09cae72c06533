/** What identifies a node to a person. */
export interface NamedNode {
  readonly nodeId: string;
  readonly displayName?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly connected?: boolean | undefined;
}

export type NodeChoice<T extends NamedNode> =
  | { readonly kind: "found"; readonly node: T }
  | { readonly kind: "empty" }
  | { readonly kind: "unknown" }
  | { readonly kind: "ambiguous"; readonly matches: readonly T[] };

/** Characters from which on the beginning of an id names a node. */
const PREFIX_CHARS = 6;

/**
 * Finds the node that a person means by id, address, name or the beginning of an id; the strongest kind of match wins,
 * then the connected one. Source: protocol section 6.3.
 */
export function chooseNode<T extends NamedNode>(nodes: readonly T[], text: string): NodeChoice<T> {
  const query = text.trim();
  if (query === "") return { kind: "empty" };
  const matches = nodes
    .map((node) => ({ node, strength: matchStrength(node, query) }))
    .filter(({ strength }) => strength > 0);
  const strongest = Math.max(0, ...matches.map(({ strength }) => strength));
  const best = matches.filter(({ strength }) => strength === strongest).map(({ node }) => node);
  if (best.length <= 1) return choiceOf(best);
  const connected = best.filter((node) => node.connected === true);
  return connected.length === 1 ? choiceOf(connected) : { kind: "ambiguous", matches: best };
}

function choiceOf<T extends NamedNode>([node]: readonly T[]): NodeChoice<T> {
  return node === undefined ? { kind: "unknown" } : { kind: "found", node };
}

function matchStrength(node: NamedNode, query: string): number {
  if (node.nodeId === query) return 4;
  if (node.remoteIp !== undefined && node.remoteIp === query) return 3;
  const name = normalizeName(query);
  if (name !== "" && normalizeName(node.displayName ?? "") === name) return 2;
  return query.length >= PREFIX_CHARS && node.nodeId.startsWith(query) ? 1 : 0;
}

/** Lower case, every run of other characters as one `-`, none at the ends. */
export function normalizeName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/gu, "");
}
