/** A node of the browser's accessibility tree, as the protocol gives it (`Accessibility.AXNode`), as far as it is read. */
export interface AxNode {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly childIds?: readonly string[];
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly value?: { readonly value?: unknown };
  readonly description?: { readonly value?: unknown };
  readonly backendDOMNodeId?: number;
}

/** A node of a snapshot in the format `aria` (browser proxy section 8.3). */
export interface AriaNode {
  readonly ref: string;
  readonly role: string;
  readonly name: string;
  readonly value?: string;
  readonly description?: string;
  readonly backendDOMNodeId?: number;
  readonly depth: number;
}

/** The first `limit` nodes, each before those below it. A tree that runs in a circle is walked once. */
export function ariaNodes(nodes: readonly AxNode[], limit: number): readonly AriaNode[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const root = nodes.find(({ parentId }) => parentId === undefined || !byId.has(parentId)) ?? nodes[0];
  const found: AriaNode[] = [];
  const waiting = root === undefined ? [] : [{ node: root, depth: 0 }];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined && found.length < limit; next = waiting.pop()) {
    const { node, depth } = next;
    if (seen.has(node.nodeId)) continue;
    seen.add(node.nodeId);
    found.push(shown(node, depth, found.length + 1));
    for (const id of (node.childIds ?? []).toReversed()) {
      const child = byId.get(id);
      if (child !== undefined) waiting.push({ node: child, depth: depth + 1 });
    }
  }
  return found;
}

function shown(node: AxNode, depth: number, number: number): AriaNode {
  const value = text(node.value);
  const description = text(node.description);
  return {
    ref: `ax${String(number)}`,
    role: text(node.role) || "unknown",
    name: text(node.name),
    ...(value === "" ? {} : { value }),
    ...(description === "" ? {} : { description }),
    ...(node.backendDOMNodeId === undefined ? {} : { backendDOMNodeId: node.backendDOMNodeId }),
    depth,
  };
}

function text(property: { readonly value?: unknown } | undefined): string {
  const value = property?.value;
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";
}
