import { expect, test } from "vitest";
import type { LoadedPolicy } from "./document.ts";
import { addDenyEntry, removeDenyEntry } from "./deny-entries.ts";
import type { PolicyEdit } from "./edit.ts";
import { loadPolicy } from "./load.ts";
import { isNarrowing } from "./narrow.ts";

type Json = Readonly<Record<string, unknown>>;

const policy = (file: Json): LoadedPolicy => loadPolicy(JSON.stringify({ version: 1, ...file }, null, 7));
function stored(edit: PolicyEdit): Json {
  if (!edit.ok) throw new Error(edit.message);
  return JSON.parse(edit.text) as Json;
}
const START = {
  extra: { keep: [1] },
  socket: { path: "/s", token: "t" },
  agents: {
    "*": {
      note: "n",
      deny: ["dd", { pattern: "git", argPattern: "push .*", ticket: 7 }],
      allowlist: [{ pattern: "/a", x: 1 }],
    },
  },
};

test("adding denies more and allows nothing; what else is in the file stays", () => {
  const start = policy(START);
  const changes = [
    { agent: "*", pattern: " rm " },
    { agent: "*", pattern: "git" },
    { agent: "*", pattern: "git", argPattern: "fetch", reason: "slow" },
    { agent: "new", pattern: "/usr/bin/*" },
    { agent: "toString", pattern: "x" },
  ];
  for (const change of changes) {
    const edit = addDenyEntry(start, change);
    expect(edit).toMatchObject({ ok: true, changed: true });
    if (!edit.ok) continue;
    expect(isNarrowing(start, edit.policy)).toBe(true);
    expect(isNarrowing(edit.policy, start)).toBe(false);
    expect(stored(edit)).toMatchObject({
      extra: { keep: [1] },
      socket: { token: "t" },
      agents: { "*": { note: "n", allowlist: [{ pattern: "/a", x: 1 }] } },
    });
    expect(addDenyEntry(edit.policy, change)).toMatchObject({ ok: true, changed: false });
    expect(stored(removeDenyEntry(edit.policy, change))["agents"]).toBeDefined();
  }
});

test("a reason is renewed, and kept when none is given", () => {
  const first = addDenyEntry(policy(START), {
    agent: "*",
    pattern: "git",
    argPattern: "push .*",
    reason: "a",
  });
  if (!first.ok) throw new Error(first.message);
  expect(stored(first)["agents"]).toMatchObject({
    "*": { deny: [{ pattern: "dd" }, { pattern: "git", argPattern: "push .*", ticket: 7, reason: "a" }] },
  });
  const again = addDenyEntry(first.policy, { agent: "*", pattern: "git", argPattern: "push .*" });
  expect(again).toMatchObject({ ok: true, changed: false });
});

test("removing takes the pattern, or only the one with the argument pattern", () => {
  const both = { agents: { m: { deny: ["git", { pattern: "git", argPattern: "a" }] } } };
  const one = removeDenyEntry(policy(both), { agent: "m", pattern: "git", argPattern: "a" });
  expect(stored(one)).toMatchObject({ agents: { m: { deny: [{ pattern: "git" }] } } });
  expect(stored(removeDenyEntry(policy(both), { agent: "m", pattern: " git" }))).not.toHaveProperty("agents");
  for (const agent of ["other", "constructor"]) {
    const nothing = removeDenyEntry(policy(both), { agent, pattern: "git" });
    expect(nothing).toMatchObject({ ok: true, changed: false });
  }
});

test.each([
  { agent: "m", pattern: "" },
  { agent: "m", pattern: "=command:0011223344556677" },
  { agent: "m", pattern: "x".repeat(5000) },
  { agent: "m", pattern: "x", argPattern: " " },
  { agent: "m", pattern: "x", reason: "" },
  { agent: "m", pattern: "x", reason: "r".repeat(513) },
])("%j is refused", (change) => {
  expect(addDenyEntry(policy({}), change)).toMatchObject({ ok: false, code: "pattern-invalid" });
});

test("a malformed policy is left alone", () => {
  const change = { agent: "m", pattern: "x" };
  for (const edit of [addDenyEntry(loadPolicy("{"), change), removeDenyEntry(loadPolicy("{"), change)]) {
    expect(edit).toMatchObject({ ok: false, code: "policy-malformed" });
  }
});
