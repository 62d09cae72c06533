import { expect, test } from "vitest";
import type { LoadedPolicy } from "./document.ts";
import type { PolicyEdit } from "./edit.ts";
import { addAllowlistEntry, recordUse, removeAllowlistEntry } from "./entries.ts";
import { loadPolicy } from "./load.ts";
import { projectPolicy } from "./wire.ts";

const NOW = 1_700_000_000_000;
const policy = (agents: unknown): LoadedPolicy => loadPolicy(JSON.stringify({ version: 1, agents }));
function agentsOf(edit: PolicyEdit): unknown {
  if (!edit.ok) throw new Error(edit.message);
  return (JSON.parse(edit.text) as { agents?: unknown }).agents;
}

test("an entry is added once", () => {
  const start = policy({ main: { deny: ["/d"], allowlist: [{ pattern: "/a", argPattern: "^x\0$" }] } });
  const added = addAllowlistEntry(start, { agent: "main", pattern: " /a ", now: NOW }, () => "new");
  expect(added).toMatchObject({ ok: true, changed: true });
  expect(agentsOf(added)).toEqual({
    main: {
      deny: [{ pattern: "/d" }],
      allowlist: [
        { pattern: "/a", argPattern: "^x\0$" },
        { id: "new", pattern: "/a", lastUsedAt: NOW },
      ],
    },
  });
  const again = added.ok
    ? addAllowlistEntry(added.policy, { agent: "main", pattern: "/a", now: NOW })
    : added;
  expect(again).toMatchObject({ ok: true, changed: false });
  const other = addAllowlistEntry(policy({}), { agent: "constructor", pattern: "/a", now: NOW }, () => "n");
  expect(agentsOf(other)).toEqual({
    constructor: { allowlist: [{ id: "n", pattern: "/a", lastUsedAt: NOW }] },
  });
});

test.each(["", "  ", "=command:0011223344556677", "x".repeat(5000)])("%j is no pattern", (pattern) => {
  const edit = addAllowlistEntry(policy({}), { agent: "main", pattern, now: NOW });
  expect(edit).toMatchObject({ ok: false, code: "pattern-invalid" });
});

test("removing takes every entry with the pattern, and what is left empty", () => {
  const start = policy({
    main: { allowlist: ["/a", { pattern: "/a", argPattern: "x" }, "/b"] },
    other: { allowlist: ["/a"] },
  });
  const removed = removeAllowlistEntry(start, { agent: "main", pattern: "/a" });
  expect(agentsOf(removed)).toEqual({
    main: { allowlist: [{ pattern: "/b" }] },
    other: { allowlist: [{ pattern: "/a" }] },
  });
  expect(agentsOf(removeAllowlistEntry(start, { agent: "other", pattern: "/a" }))).not.toHaveProperty(
    "other",
  );
  expect(
    agentsOf(removeAllowlistEntry(policy({ m: { allowlist: ["/a"] } }), { agent: "m", pattern: "/a" })),
  ).toBeUndefined();
  const kept = policy({ m: { allowlist: ["/a"], deny: ["/d"] } });
  expect(agentsOf(removeAllowlistEntry(kept, { agent: "m", pattern: "/a" }))).toEqual({
    m: { deny: [{ pattern: "/d" }] },
  });
  for (const agent of ["main", "toString"]) {
    expect(removeAllowlistEntry(start, { agent, pattern: "/c" })).toMatchObject({ ok: true, changed: false });
  }
});

test("a use changes the bookkeeping of its entry and nothing else", () => {
  const generated = `sha256:cwd-argv:v1:${"0".repeat(64)}`;
  const start = policy({
    "*": { allowlist: ["/w"] },
    main: {
      security: "full",
      deny: ["/d"],
      allowlist: [
        { id: "1", pattern: "/a", note: 1, lastUsedCommand: "old" },
        { id: "2", pattern: "/a", argPattern: generated, source: "allow-always", lastUsedCommand: "old" },
        "/b",
      ],
    },
  });
  const edit = recordUse(
    start,
    [
      { agent: "main", pattern: "/a", argPattern: generated, resolvedPath: "/r" },
      { agent: "*", pattern: "/w", resolvedPath: "/r2" },
    ],
    { now: NOW, commandText: "a b" },
    () => "new",
  );
  expect(agentsOf(edit)).toEqual({
    "*": {
      allowlist: [
        { pattern: "/w", id: "new", lastUsedAt: NOW, lastUsedCommand: "a b", lastResolvedPath: "/r2" },
      ],
    },
    main: {
      security: "full",
      deny: [{ pattern: "/d" }],
      allowlist: [
        { id: "1", pattern: "/a", note: 1, lastUsedCommand: "old" },
        {
          id: "2",
          pattern: "/a",
          argPattern: generated,
          source: "allow-always",
          lastUsedAt: NOW,
          lastResolvedPath: "/r",
        },
        { pattern: "/b" },
      ],
    },
  });
  expect(recordUse(start, [], { now: NOW, commandText: "" })).toMatchObject({ ok: true, changed: false });
});

test("a malformed policy is left alone", () => {
  const broken = loadPolicy("{");
  for (const edit of [
    addAllowlistEntry(broken, { agent: "main", pattern: "/a", now: NOW }),
    removeAllowlistEntry(broken, { agent: "main", pattern: "/a" }),
    recordUse(broken, [{ agent: "main", pattern: "/a", resolvedPath: "/a" }], { now: NOW, commandText: "" }),
  ]) {
    expect(edit).toMatchObject({ ok: false, code: "policy-malformed" });
  }
});

test("the wire form shows no entry whose condition it cannot show", () => {
  const shown = projectPolicy(
    policy({
      main: {
        allowlist: [
          { pattern: "/a", argPattern: 5 },
          { pattern: "/b", source: "x" },
          { pattern: "/c", lastUsedAt: -1 },
        ],
      },
    }),
  );
  expect(shown.agents?.["main"]?.allowlist).toEqual([{ pattern: "/c" }]);
  expect(projectPolicy(loadPolicy("{"))).toEqual({
    version: 1,
    defaults: { security: "deny", ask: "off", askFallback: "deny", autoAllowSkills: false },
    agents: {},
  });
});

test("an entry whose own conditions cannot be read matches nothing", () => {
  const digest = "0".repeat(64);
  const entries = [
    { pattern: "/a", contentSha256: digest.toUpperCase().replace("0", "A") },
    { pattern: "/b", launchSha256: 5 },
    { pattern: "/c", contentSha256: digest, launchSha256: digest },
  ];
  const loaded = policy({ main: { allowlist: entries } });
  const read = loaded.kind === "ok" ? loaded.document.agents.get("main")?.allowlist : [];
  expect(read).toEqual([{ pattern: "/c", contentSha256: digest, launchSha256: digest }]);
});
