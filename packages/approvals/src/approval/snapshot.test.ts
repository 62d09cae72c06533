import * as fc from "fast-check";
import { environmentHash } from "./environment-hash.ts";
import { expect, test } from "vitest";
import { effectivePolicy } from "../policy/effective.ts";
import { loadPolicy } from "../policy/load.ts";
import { isSnapshotCurrent, policySnapshot } from "./snapshot.ts";

const snapshot = (allowlist: readonly unknown[], defaults: object = {}): ReturnType<typeof policySnapshot> =>
  policySnapshot(
    effectivePolicy(
      loadPolicy(JSON.stringify({ version: 1, defaults, agents: { "*": { allowlist } } })),
      "main",
    ),
  );

test("rules are listed once, in the order of their bytes", () => {
  const generated = { pattern: "/a", argPattern: "x", source: "allow-always" };
  const { allowlistRules } = snapshot([
    "/b",
    "/a",
    "/\u{10000}",
    "/\uffff",
    generated,
    "/a",
    { pattern: "/a", argPattern: "x" },
  ]);
  expect(allowlistRules).toEqual([
    { pattern: "/a" },
    { pattern: "/a", argPattern: "x" },
    generated,
    { pattern: "/b" },
    { pattern: "/\uffff" },
    { pattern: "/\u{10000}" },
  ]);
});

test("more entries leave a snapshot current, fewer or other values do not", () => {
  const old = snapshot(["/a", "/b"]);
  expect(isSnapshotCurrent(old, snapshot(["/c", "/b", "/a"]))).toBe(true);
  expect(isSnapshotCurrent(old, snapshot(["/a"]))).toBe(false);
  expect(isSnapshotCurrent(old, snapshot([{ pattern: "/a", source: "allow-always" }, "/b"]))).toBe(true);
  for (const change of [
    { security: "full" },
    { ask: "off" },
    { askFallback: "full" },
    { autoAllowSkills: true },
  ]) {
    expect(isSnapshotCurrent(old, snapshot(["/a", "/b"], change))).toBe(false);
  }
});

test("the order does not depend on the order of the file", () => {
  const patterns = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), { maxLength: 6 });
  fc.assert(
    fc.property(patterns, (list) => {
      expect(snapshot(list.toReversed()).allowlistRules).toEqual(snapshot(list).allowlistRules);
    }),
  );
});

test("the hash of an environment is the one that Gateways make of overrides", () => {
  expect(environmentHash({ B: "2", A: "1" })).toBe(
    "b520ef3fdba6b3bf44b4f861557837d41373b19d5667a5ad2e9b0b46f1f3baf1",
  );
});
