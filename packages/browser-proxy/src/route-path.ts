import { browserProxyLimits } from "./limits.ts";

/**
 * The parts of a path, each decoded until it no longer changes, so that no later reader can see another route in it.
 * A missing leading slash is added and trailing ones are cut (browser proxy section 3). Undefined for a path that could
 * be read in two ways: empty or dot parts, a query or fragment, bad escapes, separators or control characters in a part.
 */
export function routeSegments(path: string): readonly string[] | undefined {
  if (path.length > browserProxyLimits.pathChars) return undefined;
  const inner = trimSlashes(path);
  if (inner === "") return [];
  const segments = inner.split("/").map(decodedFully);
  const usable = segments.filter((segment) => segment !== undefined && isPlain(segment));
  return usable.length === segments.length ? usable.map(String) : undefined;
}

/** At most one slash in front: `//x` is an empty part, and no route. */
function trimSlashes(path: string): string {
  const start = path.startsWith("/") ? 1 : 0;
  let end = path.length;
  while (end > start && path[end - 1] === "/") end -= 1;
  return path.slice(start, end);
}

function decodedFully(segment: string): string | undefined {
  let text = segment;
  for (let round = 0; round < browserProxyLimits.decodeRounds; round += 1) {
    const next = decoded(text);
    if (next === undefined || next === text) return next;
    text = next;
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isPlain(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== ".." && !/[/\\?#;\p{C}\p{Z}]/u.test(segment);
}
