import { lineRef, parseAriaLines } from "./aria-line.ts";
import type { AriaLine, Box } from "./aria-line.ts";
import type { Binding } from "./bindings.ts";
import { interactiveRoles, structuralRoles } from "./known-roles.ts";

/** What a reference stands for. `nth` counts elements of the same role and name, and is there only when there are several. */
export interface RefTarget {
  readonly role: string;
  readonly name?: string;
  readonly nth?: number;
}

export interface RefSnapshot {
  readonly text: string;
  readonly refs: ReadonlyMap<string, RefTarget>;
  /** Of the elements with a reference, when the snapshot was taken with boxes. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** How the elements of references that are not Playwright's are found again. */
  readonly bindings: ReadonlyMap<string, Binding>;
}

export interface SnapshotShape {
  /** A flat list of what can be acted on. */
  readonly interactive: boolean;
  /** Without structure that says nothing. */
  readonly compact: boolean;
  /** Deepest level that is shown; 0 is the outermost. */
  readonly depth: number | undefined;
}

/** A line that is shown, with its reference if it has one. */
export interface Shown {
  readonly line: AriaLine;
  readonly ref: string | undefined;
  readonly text: string;
}

/** References that stand in a text. They are read again from every text that was cut. */
export function refsOfText(text: string): ReadonlyMap<string, RefTarget> {
  const refs = new Map<string, RefTarget>();
  // Most lines of a text have none.
  const lines = text.split("\n").filter((line) => line.includes("[ref="));
  for (const line of parseAriaLines(lines.join("\n"))) {
    const ref = lineRef(line);
    if (ref !== undefined && line.role !== undefined) refs.set(ref, target(line.role, line.name));
  }
  return refs;
}

/** A snapshot with references of Playwright, reduced to a shape. */
export function shapedAriaSnapshot(text: string, shape: SnapshotShape): RefSnapshot {
  const shown = parseAriaLines(text).map((line) => ({ line, ref: lineRef(line), text: line.text }));
  const out = shapeLines(shown, shape);
  return { text: out, refs: refsOfText(out), boxes: boxesOf(shown), bindings: new Map() };
}

export function shapeLines(shown: readonly Shown[], shape: SnapshotShape): string {
  if (shape.interactive) {
    const listed = shown.filter(({ line, ref }) => ref !== undefined && !isHidden(line, shape));
    return listed.length === 0 ? "(no interactive elements)" : listed.map(({ text }) => text).join("\n");
  }
  const deep = shown.filter(({ line }) => shape.depth === undefined || line.depth <= shape.depth);
  const kept = shape.compact ? compacted(deep) : deep;
  if (kept.length === 0) return "(empty)";
  return kept.map(({ line, text }) => `${"  ".repeat(line.depth)}${text}`).join("\n");
}

/** From the end, so that each element knows whether something below it is wanted. */
function compacted(shown: readonly Shown[]): readonly Shown[] {
  const kept: Shown[] = [];
  let wantedDepth = -1;
  for (const one of shown.toReversed()) {
    const { line, ref } = one;
    const hasText = line.role === undefined ? line.text.startsWith("- text:") : line.rest.startsWith(": ");
    const isProperty = line.role === undefined && !hasText;
    const isEmptyStructure = isSilent(line) && !hasText;
    const isWanted = ref !== undefined && !isEmptyStructure;
    const isAbove = wantedDepth > line.depth;
    if (isWanted || hasText || isProperty || (isAbove && !isEmptyStructure)) kept.push(one);
    if (isWanted || isAbove) wantedDepth = line.depth;
  }
  return kept.toReversed();
}

/** Structure without a name that nobody can click either. */
function isSilent({ role, name, attributes }: AriaLine): boolean {
  const isClickable = attributes.includes("cursor=pointer");
  return role !== undefined && structuralRoles.has(role) && name === undefined && !isClickable;
}

export function isHidden(line: AriaLine, shape: SnapshotShape): boolean {
  if (shape.depth !== undefined && line.depth > shape.depth) return true;
  return shape.interactive && !(line.role !== undefined && interactiveRoles.has(line.role));
}

/** Of the outermost frame only: those of frames inside count from their own corner. */
export function boxesOf(shown: readonly Shown[]): ReadonlyMap<string, Box> {
  const outer = shown.find(({ line }) => line.box !== undefined);
  const frame = outer === undefined ? "" : frameOf(outer.line);
  return new Map(
    shown.flatMap(({ ref, line }) =>
      ref !== undefined && line.box && frameOf(line) === frame ? [[ref, line.box]] : [],
    ),
  );
}

function frameOf(line: AriaLine): string {
  return /^f\d+/.exec(lineRef(line) ?? "")?.[0] ?? "";
}

export function target(role: string, name: string | undefined, nth?: number): RefTarget {
  return {
    role,
    ...(name === undefined ? {} : { name }),
    ...(nth === undefined ? {} : { nth }),
  };
}
