import { LIMITS } from "../limits.ts";
import { readJsonText } from "../policy/json-text.ts";
import { entrySchema } from "../policy/schema.ts";
import type { Finding } from "./finding.ts";
import { lineIndex, type TextPlace } from "./places.ts";

/** Items of allowlists that cannot be read as entries: they allow nothing, and the next edit drops them. */
export function lintDroppedItems(text: string): readonly (Finding & TextPlace)[] {
  const read = readJsonText(text, LIMITS.policyDepth);
  if (!read.ok) return [];
  const placeOf = lineIndex(text);
  return Object.entries(objectAt(read.value, "agents")).flatMap(([agent, json]) => {
    const list = Object(json)["allowlist"] as unknown;
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: unknown, index): readonly (Finding & TextPlace)[] => {
      const readable = typeof item === "string" ? { pattern: item } : item;
      if (entrySchema.safeParse(readable).success) return [];
      const offset = read.places.get(list)?.get(String(index)) ?? 0;
      return [
        {
          code: "not-an-entry",
          severity: "warning",
          agent,
          list: "allowlist",
          message: `item ${index + 1} has no usable \`pattern\`, so it allows nothing, and the next edit drops it`,
          fix: [["openclaw", "approvals", "edit"]],
          ...placeOf(offset),
        },
      ];
    });
  });
}

function objectAt(value: unknown, key: string): object {
  const found: unknown = Object(value)[key];
  return typeof found === "object" && found !== null ? found : {};
}
