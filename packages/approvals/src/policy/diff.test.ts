import fc from "fast-check";
import { expect, test } from "vitest";
import { diffPolicies, type PolicyDifference } from "./diff.ts";
import { differenceLine } from "./diff-line.ts";
import type { LoadedPolicy } from "./document.ts";
import { loadPolicy } from "./load.ts";

type Json = Readonly<Record<string, unknown>>;

const policy = (file: Json): LoadedPolicy => loadPolicy(JSON.stringify({ version: 1, ...file }));
const diff = (before: Json, after: Json): readonly PolicyDifference[] =>
  diffPolicies(policy(before), policy(after));
const lines = (before: Json, after: Json): readonly string[] => diff(before, after).map(differenceLine);
const list = (...allowlist: readonly unknown[]): Json => ({ agents: { main: { allowlist } } });

test("settings, agents and entries, each told once", () => {
  const before = {
    defaults: { security: "allowlist", ask: "on-miss" },
    agents: {
      "*": { allowlist: ["/a", "/b", { pattern: "/c", argPattern: "^x$" }], deny: ["dd"] },
      old: { security: "deny" },
    },
  };
  const after = {
    defaults: { security: "full", askFallback: "deny" },
    agents: {
      "*": {
        allowlist: ["/b", { pattern: "/c", argPattern: "^y z$" }, "/d"],
        deny: [{ pattern: "dd", reason: "no" }],
      },
      main: { autoAllowSkills: true },
    },
  };
  expect(lines(before, after)).toEqual([
    "~ defaults: security allowlist -> full",
    "- defaults: ask on-miss",
    "+ defaults: askFallback deny",
    "~ *: allow /c args ^x$ -> /c args '^y z$'",
    "- *: allow /a",
    "+ *: allow /d",
    "~ *: deny dd -> dd because no",
    "- old: the agent itself",
    "- old: security deny",
    "+ main: the agent itself",
    "+ main: autoAllowSkills true",
  ]);
  expect(diff(before, after)[0]).toEqual({
    kind: "setting",
    change: "changed",
    field: "security",
    from: "allowlist",
    to: "full",
  });
  expect(diff(before, after)[5]).toEqual({
    kind: "entry",
    change: "added",
    agent: "*",
    pattern: "/d",
    to: { pattern: "/d" },
  });
});

test("order and bookkeeping are no difference; the same entry twice is", () => {
  const used = { id: "1", pattern: "/a", lastUsedAt: 5, lastUsedCommand: "a", lastResolvedPath: "/a" };
  expect(lines(list("/a", "/b"), list("/b", used))).toEqual([]);
  expect(lines(list("/a"), list("/a", "/a"))).toEqual(["+ main: allow /a"]);
  expect(lines(list({ id: "1", pattern: "/a" }), list({ id: "1", pattern: "/z" }))).toEqual([
    "~ main: allow /a -> /z",
  ]);
});

test("keys that nobody reads are told by name, secrets not at all", () => {
  const before = {
    socket: { path: "/s", token: "old-secret" },
    notes: "x",
    ...list({ pattern: "/a", note: "n1" }),
  };
  const after = { socket: { path: "/s", token: "new-secret" }, ...list({ pattern: "/a", note: "n2" }) };
  const told = JSON.stringify(diff(before, after)) + lines(before, after).join("\n");
  expect(lines(before, after)).toEqual([
    "~ main: allow /a (other keys: note)",
    "~ the key socket.token",
    "- the key notes",
  ]);
  expect(told).not.toMatch(/secret|n1|n2/u);
});

test("a policy that cannot be read counts as empty, and that is told", () => {
  const differences = diffPolicies(loadPolicy("{"), policy(list("/a")));
  expect(differences.map(differenceLine)).toEqual([
    "~ file malformed -> readable",
    "+ main: the agent itself",
    "+ main: allow /a",
  ]);
});

test("nothing in a policy acts on a terminal", () => {
  const evil = "\u001b[2J\u202e\n`x`";
  const [line = ""] = lines({}, { agents: { [evil]: {} } });
  expect(line).not.toMatch(/\p{Cc}|\u202e/u);
  const [, entry = ""] = lines(
    {},
    { agents: { a: { deny: [{ pattern: evil, reason: evil, argPattern: evil }] } } },
  );
  expect(entry).toMatch(/^\+ a: deny .*because/u);
  expect(entry).not.toMatch(/\p{Cc}|\u202e/u);
});

const anyEntry = fc.record(
  {
    pattern: fc.constantFrom("/a", "/b", "c"),
    id: fc.constantFrom("1", "2"),
    argPattern: fc.constantFrom("^x$", "y"),
    lastUsedAt: fc.nat(),
  },
  { requiredKeys: ["pattern"] },
);
const anyFile = fc.record({
  agents: fc.dictionary(
    fc.constantFrom("*", "main"),
    fc.record({ allowlist: fc.array(anyEntry, { maxLength: 4 }) }),
  ),
});

test("a policy does not differ from itself, and what is added one way is removed the other", () => {
  fc.assert(
    fc.property(anyFile, anyFile, (left, right) => {
      expect(diff(left, left)).toEqual([]);
      const count = (items: readonly PolicyDifference[], change: string): number =>
        items.filter((item) => item.change === change).length;
      const [there, back] = [diff(left, right), diff(right, left)];
      expect(count(there, "added")).toBe(count(back, "removed"));
      expect(count(there, "changed")).toBe(count(back, "changed"));
    }),
  );
});
