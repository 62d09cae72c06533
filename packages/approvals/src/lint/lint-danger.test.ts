import { describe, expect, test } from "vitest";
import { loadPolicy } from "../policy/load.ts";
import type { Finding } from "./finding.ts";
import { lintPolicy } from "./lint-policy.ts";

type Json = Readonly<Record<string, unknown>>;

function lint(file: Json): readonly Finding[] {
  const policy = loadPolicy(JSON.stringify({ version: 1, ...file }));
  if (policy.kind !== "ok") throw new Error(policy.problem.message);
  return lintPolicy(policy);
}
const short = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, severity }) => `${severity} ${code}`);
const entry = (item: unknown): readonly string[] => short(lint({ agents: { main: { allowlist: [item] } } }));

test.each<[unknown, readonly string[]]>([
  ["/bin/sh", ["warning shell"]],
  [{ pattern: "/usr/bin/bash", argPattern: "^x$" }, ["warning shell"]],
  ["pwsh", ["warning shell"]],
  ["/usr/bin/python3.11", ["warning interpreter"]],
  [{ pattern: "/usr/bin/python3.11", argPattern: "^x.py$" }, []],
  ["/usr/bin/sudo", ["warning carrier"]],
  [{ pattern: "npx", argPattern: "^tool$" }, ["warning carrier"]],
  ["busybox", ["warning carrier"]],
  ["/usr/bin/env", ["warning carrier"]],
  ["/usr/bin/vim", ["warning editor"]],
  ["npm", ["note project-code"]],
  ["*", ["error wildcard"]],
  ["**", ["error wildcard"]],
  ["/**", ["error wildcard"]],
  ["/tmp/tool", ["error writable-by-others"]],
  ["/tmp/*", ["error wide-place"]],
  ["/var/tmp/build/**", ["error wide-place"]],
  ["/**/git", ["error wide-place"]],
  ["~/**", ["warning wide-place"]],
  ["/home/*/bin/tool", ["warning wide-place"]],
  ["/home/me/bin/tool", []],
  ["/usr/bin/*", ["warning interpreter"]],
  ["p*", ["warning interpreter"]],
  ["/usr/lib/git-core/*", []],
  [{ pattern: "/tmp/tool", contentSha256: "0".repeat(64) }, []],
  [
    {
      pattern: "/usr/bin/python3",
      source: "allow-always",
      argPattern: `sha256:cwd-argv:v1:${"0".repeat(64)}`,
    },
    [],
  ],
])("%j: %j", (item, expected) => {
  expect(entry(item)).toEqual(expected);
});

describe("settings", () => {
  test.each<[Json, readonly string[]]>([
    [{ security: "full" }, ["error everything-allowed"]],
    [{ security: "full", ask: "off" }, ["error everything-allowed"]],
    [{ security: "full", ask: "always" }, ["warning security-full"]],
    [{ security: "deny", ask: "off" }, []],
    [{ askFallback: "full" }, ["warning fallback-wide"]],
    [{ askFallback: "allowlist" }, ["note fallback-wide"]],
    [{ autoAllowSkills: true }, ["note skills-allowed"]],
  ])("%j: %j", (scope, expected) => {
    expect(short(lint({ defaults: scope }))).toEqual(expected);
    const [found] = lint({ agents: { main: scope } });
    expect(found?.agent).toBe(expected.length === 0 ? undefined : "main");
  });

  test("what is inherited counts, and is told where it is set", () => {
    const found = lint({
      defaults: { security: "full", ask: "always" },
      agents: { main: { ask: "off" }, other: {} },
    });
    expect(found.map(({ code, agent, field }) => [code, agent, field])).toEqual([
      ["security-full", undefined, "security"],
      ["everything-allowed", "main", "ask"],
    ]);
  });
});

test("keys that nobody reads, and slips", () => {
  const found = lint({
    agnets: {},
    notes: "x",
    defaults: { securty: "deny" },
    agents: {
      main: {
        alowlist: [],
        mcpTools: [],
        denny: [],
        zzz: 1,
        allowlist: [{ pattern: "/a", argpattern: "x", note: "\u001b[31m" }],
        deny: [{ pattern: "/b", reson: "y" }],
      },
    },
  });
  expect(
    found.map(({ severity, code, field, message }) => [severity, code, field, message.split("`")[3]]),
  ).toEqual([
    ["warning", "misspelled-key", "agnets", "agents"],
    ["note", "unknown-key", "notes", undefined],
    ["warning", "misspelled-key", "securty", "security"],
    ["warning", "misspelled-key", "alowlist", "allowlist"],
    ["warning", "misspelled-key", "denny", "deny"],
    ["note", "unknown-key", "zzz", undefined],
    ["warning", "misspelled-key", "argpattern", "argPattern"],
    ["note", "unknown-key", "note", undefined],
    ["warning", "misspelled-key", "reson", "reason"],
  ]);
});

test("nothing that a policy says acts on a terminal, or breaks a command that mends it", () => {
  const found = lint({
    agents: {
      "a\u001b[2J": { allowlist: ["/tmp/\u001b]0;x\u0007/`x`", "-rf /"], "\u202ekey": 1, security: "full" },
    },
  });
  expect(found.length).toBeGreaterThan(3);
  for (const { message } of found) expect(message).not.toMatch(/\p{Cc}|\u202e/u);
  const dashed = found.find(({ pattern }) => pattern === "-rf /");
  expect(dashed).toMatchObject({ code: "matches-nothing" });
  expect(dashed).not.toHaveProperty("fix");
});
