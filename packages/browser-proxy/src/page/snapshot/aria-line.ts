/** One line of Playwright's aria snapshot: an element, a text, or a property of the element above. */
export interface AriaLine {
  /** 0 for the outermost. */
  readonly depth: number;
  /** Undefined for texts and properties. */
  readonly role: string | undefined;
  /** The accessible name, unescaped. */
  readonly name: string | undefined;
  /** `[level=1]`, `[ref=e2]` and so on, without the brackets. */
  readonly attributes: readonly string[];
  /** What stands behind the element: nothing, `:`, or `: text`. */
  readonly rest: string;
  /** Whether the key had to be quoted for YAML. */
  readonly isQuoted: boolean;
  /** The line as it came, without its indentation and its box. */
  readonly text: string;
  /** Where the element is in its frame's viewport, in CSS pixels; only when the snapshot was taken with boxes. */
  readonly box?: Box;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const plain = { role: undefined, name: undefined, attributes: [], rest: "", isQuoted: false } as const;

/**
 * Reads a snapshot line by line. Names come from the page and may look like anything, `[ref=e1]` included: only what
 * stands behind the closed name counts as an attribute.
 */
export function parseAriaLines(snapshot: string): AriaLine[] {
  return snapshot
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseLine);
}

/** The reference of an element, such as `e12`, or `f1e3` in a frame. */
export function lineRef(line: AriaLine): string | undefined {
  return line.attributes.find((attribute) => /^ref=(?:f\d+)?e\d+$/.test(attribute))?.slice("ref=".length);
}

/** The line of an element with other attributes. */
export function renderLine(line: AriaLine, attributes: readonly string[], rest: string): string {
  const name = line.name === undefined ? "" : ` ${JSON.stringify(line.name)}`;
  const key = `${line.role ?? ""}${name}${attributes.map((attribute) => ` [${attribute}]`).join("")}`;
  return `- ${line.isQuoted ? `'${key.replaceAll("'", "''")}'` : key}${rest}`;
}

function parseLine(line: string): AriaLine {
  const text = line.trimStart();
  const depth = Math.floor((line.length - text.length) / 2);
  const body = text.startsWith("- ") ? text.slice(2) : text;
  const quoted = body.startsWith("'") ? /^'((?:[^']|'')*)'(.*)$/s.exec(body) : null;
  const key = quoted === null ? body : (quoted[1] ?? "").replaceAll("''", "'");
  const element = /^([a-z][a-z-]*)(?: ("(?:[^"\\]|\\.)*"))?((?: \[[^\]]*\])*)(.*)$/s.exec(key);
  if (element === null) return { ...plain, depth, text };
  const [, role = "", name, attributes = "", end = ""] = element;
  const rest = quoted === null ? end : (quoted[2] ?? "");
  const isElement = role !== "text" && /^(?::.*)?$/s.test(rest) && (quoted === null || end === "");
  if (!isElement) return { ...plain, depth, text };
  const all = attributes === "" ? [] : attributes.slice(2, -1).split("] [");
  const box = all.map(boxOf).find((one) => one !== undefined);
  const parsed = {
    depth,
    role,
    name: name === undefined ? undefined : name.includes("\\") ? unescaped(name) : name.slice(1, -1),
    attributes: box === undefined ? all : all.filter((attribute) => !attribute.startsWith("box=")),
    rest,
    isQuoted: quoted !== null,
    text,
  };
  return box === undefined ? parsed : { ...parsed, text: renderLine(parsed, parsed.attributes, rest), box };
}

function boxOf(attribute: string): Box | undefined {
  const [x, y, width, height] =
    /^box=(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)$/.exec(attribute)?.slice(1).map(Number) ?? [];
  return x === undefined || y === undefined || width === undefined || height === undefined
    ? undefined
    : { x, y, width, height };
}

function unescaped(name: string): string {
  try {
    return String(JSON.parse(name));
  } catch {
    return name.slice(1, -1);
  }
}
