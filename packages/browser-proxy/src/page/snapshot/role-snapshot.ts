import { parseAriaLines, renderLine } from "./aria-line.ts";
import type { AriaLine } from "./aria-line.ts";
import { bindLines } from "./bindings.ts";
import type { Binding } from "./bindings.ts";
import { contentRoles, interactiveRoles } from "./known-roles.ts";
import { boxesOf, isHidden, shapeLines, target } from "./ref-snapshot.ts";
import type { RefSnapshot, RefTarget, Shown, SnapshotShape } from "./ref-snapshot.ts";

/** What Playwright says for itself, and what is not part of this form. */
const leftOut = /^(?:ref=.*|active|cursor=.*)$/;

/**
 * Playwright's snapshot with references of ours instead: `e1` and up for what can be acted on or has a name worth it, each
 * bound to its element. Wrappers that say nothing are left out, with their
 * texts in their place.
 */
export function shapedRoleSnapshot(text: string, shape: SnapshotShape): RefSnapshot {
  const { lines, bindings } = withoutWrappers(parseAriaLines(text));
  const total = new Map<string, number>();
  for (const line of lines) if (deservesRef(line)) total.set(keyOf(line), (total.get(keyOf(line)) ?? 0) + 1);
  const seen = new Map<string, number>();
  const refs = new Map<string, RefTarget>();
  const bound = new Map<string, Binding>();
  const shown = lines.map((line, index): Shown => {
    const binding = bindings[index];
    // In a flat list only what has a reference is shown.
    const without = { line, ref: undefined, text: shape.interactive ? "" : ownText(line) };
    if (line.role === undefined || binding === undefined || !deservesRef(line)) return without;
    const key = keyOf(line);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    if (isHidden(line, shape)) return without;
    const ref = `e${String(refs.size + 1)}`;
    const isOneOfMany = (total.get(key) ?? 0) > 1;
    refs.set(ref, target(line.role, line.name, isOneOfMany ? nth : undefined));
    bound.set(ref, binding);
    const attributes = [`ref=${ref}`, ...(nth > 0 ? [`nth=${String(nth)}`] : []), ...ownAttributes(line)];
    return { line, ref, text: renderLine(line, attributes, shape.interactive ? "" : line.rest) };
  });
  return { text: shapeLines(shown, shape), refs, boxes: boxesOf(shown), bindings: bound };
}

/** The lines without elements that have neither role nor name, those below them moved up. */
function withoutWrappers(all: readonly AriaLine[]): {
  readonly lines: readonly AriaLine[];
  readonly bindings: readonly (Binding | undefined)[];
} {
  const bindings: (Binding | undefined)[] = [];
  const lines: AriaLine[] = [];
  const dropped: number[] = [];
  for (const [index, binding] of bindLines(all).entries()) {
    const line = all[index];
    if (line === undefined) continue;
    while ((dropped.at(-1) ?? -1) >= line.depth) dropped.pop();
    const depth = line.depth - dropped.length;
    const isWrapper = line.role === "generic" && line.name === undefined;
    if (isWrapper) dropped.push(line.depth);
    const isText = isWrapper && line.rest.startsWith(": ");
    if (isWrapper && !isText) continue;
    bindings.push(isWrapper ? undefined : binding);
    const text = { role: undefined, name: undefined, attributes: [], rest: "", isQuoted: false };
    lines.push(isWrapper ? { ...text, depth, text: `- text${line.rest}` } : { ...line, depth });
  }
  return { lines, bindings };
}

function ownAttributes({ attributes }: AriaLine): readonly string[] {
  return attributes.filter((attribute) => !leftOut.test(attribute));
}

function ownText(line: AriaLine): string {
  const attributes = ownAttributes(line);
  return attributes.length === line.attributes.length ? line.text : renderLine(line, attributes, line.rest);
}

function deservesRef(line: AriaLine): boolean {
  if (line.role === undefined) return false;
  return interactiveRoles.has(line.role) || (contentRoles.has(line.role) && line.name !== undefined);
}

function keyOf({ role, name }: AriaLine): string {
  return `${role ?? ""} ${name ?? ""}`;
}
