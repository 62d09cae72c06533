import { lineRef } from "./aria-line.ts";
import type { AriaLine } from "./aria-line.ts";

/** How the element of a reference is found again. */
export interface Binding {
  /** Playwright's own reference: of the element itself, or of the one that it is looked for in. */
  readonly aria: string;
  /** For an element that Playwright does not number, such as an option of a closed list. */
  readonly inside?: {
    readonly role: string;
    /** Undefined for one without a name: then all of the role are counted. */
    readonly name: string | undefined;
    readonly nth: number;
  };
}

interface Ancestor {
  readonly depth: number;
  readonly ref: string;
  readonly counts: Map<string, number>;
}

/** The bindings of the lines of one snapshot, in their order; undefined for what no element stands behind. */
export function bindLines(lines: readonly AriaLine[]): readonly (Binding | undefined)[] {
  const unnumbered = new Set(lines.filter((line) => lineRef(line) === undefined).map(({ role }) => role));
  const ancestors: Ancestor[] = [];
  return lines.map((line) => {
    while ((ancestors.at(-1)?.depth ?? -1) >= line.depth) ancestors.pop();
    const { role, name, depth } = line;
    if (role === undefined) return undefined;
    const ref = lineRef(line);
    const parent = ancestors.at(-1);
    const nth = unnumbered.has(role) ? counted(ancestors, role, name) : 0;
    if (ref !== undefined) ancestors.push({ depth, ref, counts: new Map() });
    if (ref !== undefined) return { aria: ref };
    return parent === undefined ? undefined : { aria: parent.ref, inside: { role, name, nth } };
  });
}

/** The number of the element in the nearest ancestor; it counts in all of them. */
function counted(ancestors: readonly Ancestor[], role: string, name: string | undefined): number {
  const keys = [role, `${role} ${name ?? ""}`];
  const own = name === undefined ? role : `${role} ${name}`;
  const nth = ancestors.at(-1)?.counts.get(own) ?? 0;
  for (const { counts } of ancestors) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return nth;
}
