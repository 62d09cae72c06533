/** Keys of which a value has the shape of a map: its own keys are data. */
const maps: ReadonlySet<string> = new Set(["headers", "values"]);
/** What an answer may hold or not: it depends on the page, and references of ours are bound by role and name. */
const optional: ReadonlySet<string> = new Set([
  "backendDOMNodeId",
  "domMarker",
  "nth",
  "value",
  "description",
  "failureText",
]);

/** Keys and types of a value, whatever their order; lists and maps of things show all keys of all their entries. */
export function shapeOf(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return { list: merged(value) };
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  if (maps.has(key)) return "map";
  if (key === "refs") return { refs: merged(Object.values(value)) };
  const entries = Object.entries(value)
    .filter(([name]) => !optional.has(name))
    .map(([name, inner]): [string, unknown] => [name, shapeOf(inner, name)]);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function merged(values: readonly unknown[]): unknown {
  const shapes = values.map((value) => shapeOf(value));
  if (shapes.some((shape) => typeof shape !== "object" || shape === null))
    return [...new Set(shapes.map((shape) => JSON.stringify(shape)))].toSorted((one, other) =>
      one < other ? -1 : 1,
    );
  const all = Object.assign({}, ...(shapes as object[])) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
