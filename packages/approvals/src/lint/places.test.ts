import { expect, test } from "vitest";
import { loadPolicy } from "../policy/load.ts";
import { lintDroppedItems } from "./dropped-items.ts";
import type { Finding } from "./finding.ts";
import { lintPolicy } from "./lint-policy.ts";
import { findingPlaces } from "./places.ts";

const TEXT = `{
  "version": 1,
  "extra": 1,
  "defaults": { "security": "full" },
  "agents": {
    "default": { "allowlist": [ "/tmp/late" ] },
    "main": {
      "allowlist": [
        5, "/tmp/first",
        { "pattern": "/tmp/second", "notes": 1 },
        { "patern": "/usr/bin/git" },
        "/tmp/first"
      ],
      "deny": [ "x", "x" ]
    }
  }
}
`;

function placed(): readonly (readonly [
  string,
  string | undefined,
  number | undefined,
  number | undefined,
])[] {
  const policy = loadPolicy(TEXT);
  if (policy.kind !== "ok") throw new Error(policy.problem.message);
  const placeOf = findingPlaces(TEXT, policy.json);
  return lintPolicy(policy).map((finding: Finding) => {
    const { line, column } = placeOf(finding) ?? {};
    return [finding.code, finding.pattern ?? finding.field, line, column] as const;
  });
}

test("a finding knows the line and column of what it speaks of", () => {
  expect(placed()).toEqual([
    ["unknown-key", "extra", 3, 12],
    ["everything-allowed", "security", 4, 29],
    ["writable-by-others", "/tmp/first", 9, 12],
    ["unknown-key", "/tmp/second", 10, 46],
    ["writable-by-others", "/tmp/second", 10, 9],
    ["writable-by-others", "/tmp/late", 6, 33],
    ["duplicate", "x", 14, 22],
  ]);
});

test("items that are no entries are named, because nothing else would", () => {
  expect(lintDroppedItems(TEXT).map(({ agent, line, column }) => [agent, line, column])).toEqual([
    ["main", 9, 9],
    ["main", 11, 9],
  ]);
  expect(lintDroppedItems("{")).toEqual([]);
  expect(lintDroppedItems(`{"agents":{"a":null,"b":{"allowlist":5}}}`)).toEqual([]);
});
