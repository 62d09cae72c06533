import { describe, expect, test } from "vitest";
import type { Facts } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import { loadPolicy } from "../policy/load.ts";
import { memoryFacts } from "../testing/memory-facts.test.support.ts";
import type { Finding } from "./finding.ts";
import { lintPolicy } from "./lint-policy.ts";

type Json = Readonly<Record<string, unknown>>;

function lint(file: Json, facts?: Facts, budget?: { steps: number }): readonly Finding[] {
  const policy = loadPolicy(JSON.stringify({ version: 1, ...file }));
  if (policy.kind !== "ok") throw new Error(policy.problem.message);
  return lintPolicy(policy, facts, budget);
}
const codes = (findings: readonly Finding[]): readonly string[] => findings.map(({ code }) => code);
const entries = (allowlist: readonly unknown[], more: Json = {}): Json => ({
  agents: { main: { allowlist, ...more } },
});

test("the policy of a new node, and plain entries, are fine", () => {
  const defaults = { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false };
  const list = [
    "/usr/bin/git",
    "rg",
    "/opt/tools/*",
    { pattern: "/usr/bin/systemctl", argPattern: "^status [a-z-]+$" },
  ];
  expect(lint({ defaults, ...entries(list) })).toEqual([]);
  expect(lint({})).toEqual([]);
});

describe("entries that allow nothing", () => {
  test.each([
    [{ pattern: "bin/tool" }, "matches-nothing"],
    [{ pattern: "./tool" }, "matches-nothing"],
    [{ pattern: "?usr/bin/x" }, "matches-nothing"],
    [{ pattern: "~" }, "matches-nothing"],
    [{ pattern: "~root/bin/x" }, "matches-nothing"],
    [{ pattern: "/usr//bin/x" }, "matches-nothing"],
    [{ pattern: "/usr/**/../x" }, "matches-nothing"],
    [{ pattern: "/usr/bin/" }, "matches-nothing"],
    [{ pattern: "git " }, "matches-nothing"],
    [{ pattern: "/a", argPattern: 5 }, "condition-unreadable"],
    [{ pattern: "/a", source: "me" }, "condition-unreadable"],
    [{ pattern: "/a", contentSha256: "abc" }, "condition-unreadable"],
    [{ pattern: "/a", argPattern: "(?=x)" }, "arguments-unread"],
    [{ pattern: "/a", argPattern: "*" }, "arguments-unread"],
    [{ pattern: "/a", argPattern: "x^y" }, "arguments-never"],
    [{ pattern: "/a", argPattern: "^x$y" }, "arguments-never"],
    [{ pattern: "/a", argPattern: String.raw`^x\0$` }, "arguments-never"],
    [{ pattern: "/a", argPattern: "^x\0y$" }, "arguments-never"],
    [{ pattern: "/a", argPattern: "sha256:abc" }, "arguments-never"],
    [{ pattern: "/a", argPattern: `sha256:cwd-argv:v1:xyz` }, "arguments-never"],
    [{ pattern: "=command:0011223344556677", source: "allow-always" }, "generated-ignored"],
    [{ pattern: "/a", source: "allow-always" }, "generated-ignored"],
  ])("%j: %s", (entry, code) => {
    expect(codes(lint(entries([entry])))).toEqual([code]);
  });

  test.each([
    { pattern: "**/tool" },
    { pattern: "*/tool" },
    { pattern: "/a", argPattern: "^x\0$" },
    { pattern: "/a", argPattern: String.raw`\bx|^$` },
    { pattern: "/usr/bin/a", argPattern: `sha256:cwd-argv:v1:${"0".repeat(64)}`, source: "allow-always" },
    { pattern: "=node-command:0011223344556677", source: "allow-always" },
    String.raw`C:\tools\x.exe`,
  ])("%j can match", (entry) => {
    const dead = [
      "matches-nothing",
      "arguments-never",
      "arguments-unread",
      "condition-unreadable",
      "generated-ignored",
    ];
    expect(codes(lint(entries([entry]))).filter((code) => dead.includes(code))).toEqual([]);
  });
});

describe("entries that other entries make useless", () => {
  test.each<[string, readonly unknown[], Json, string, string]>([
    ["the same again", ["/a", "/b", "/a"], {}, "duplicate", "/a"],
    ["a directory with it", ["/opt/x", "/opt/*"], {}, "covered", "/opt/x"],
    ["a wider directory", ["/opt/*", "/opt/**"], {}, "covered", "/opt/*"],
    ["a wider name", ["my-tool", "my-*"], {}, "covered", "my-tool"],
    ["no condition", ["/opt/x", { pattern: "/opt/x", argPattern: "^a$" }], {}, "condition-moot", "/opt/x"],
    ["a denied path", ["/opt/x"], { deny: ["/opt/**"] }, "denied", "/opt/x"],
    ["a denied name", ["/opt/x"], { deny: ["x"] }, "denied", "/opt/x"],
    ["everything denied", ["x"], { deny: ["*"] }, "denied", "x"],
    ["a denial again", [], { deny: ["x", "x"] }, "duplicate", "x"],
    ["a wider denial", [], { deny: ["x1", "x*"] }, "covered", "x1"],
  ])("%s", (_what, allowlist, more, code, pattern) => {
    const found = lint(entries(allowlist, more));
    expect(codes(found)).toEqual([code]);
    expect(found[0]).toMatchObject({ pattern, severity: "warning", agent: "main" });
  });

  test("by an entry of every agent", () => {
    const agents = {
      "*": { allowlist: ["/a", "/b/**"], deny: ["c"] },
      main: { allowlist: ["/a", "/b/x", "/c"] },
    };
    expect(lint({ agents }).map(({ code, pattern }) => [code, pattern])).toEqual([
      ["duplicate", "/a"],
      ["covered", "/b/x"],
      ["denied", "/c"],
    ]);
  });

  test("what says something of its own is left alone", () => {
    const git = ["/usr/bin/git", { pattern: "/usr/bin/git", argPattern: "^-c a=b status$" }];
    expect(lint(entries(git))).toEqual([]);
    expect(lint(entries(["/opt/x"], { deny: [{ pattern: "x", argPattern: "^a$" }] }))).toEqual([]);
    expect(lint(entries(["/opt/*", "/opt/*/*", "/optx"]))).toEqual([]);
    // Of two that say the same with other words, one has to stay.
    expect(codes(lint(entries(["/opt/**", "/opt/***"])))).toEqual(["covered"]);
  });

  test("ten thousand entries are compared in a bounded number of steps", () => {
    const list = (make: (index: number) => string): readonly string[] =>
      Array.from({ length: 3400 }, (_, at) => make(at));
    const three = (make: (agent: string, at: number) => string): Json => ({
      agents: Object.fromEntries(
        ["*", "a", "b"].map((agent) => [agent, { allowlist: list((at) => make(agent, at)) }]),
      ),
    });
    const usual = { steps: LIMITS.lintSteps };
    lint(
      three((agent, at) => `/opt/${agent === "*" ? "all" : agent}/tool-${at}`),
      undefined,
      usual,
    );
    expect(LIMITS.lintSteps - usual.steps).toBeLessThan(10_200 * 100);
    // All begin alike, so that nothing but comparing them tells them apart.
    const worst = { steps: 200_000 };
    const found = lint(
      three((agent, at) => `/*-${at}-${agent.codePointAt(0) ?? 0}`),
      undefined,
      worst,
    );
    expect(worst.steps).toBeGreaterThan(-1000);
    expect(codes(found)).toContain("too-much-to-check");
  });
});

describe("what the machine says", () => {
  const facts: Facts = {
    ...memoryFacts({
      "/usr/bin": "directory",
      "/usr/bin/python3.11": "file",
      "/usr/bin/python3": "link:/usr/bin/python3.11",
      "/usr/bin/editor": "link:/usr/bin/nano",
      "/usr/bin/nano": "file",
      "/usr/bin/who": "file",
      "/bin/busybox": "file",
      "/bin/ls": "link:/bin/busybox",
      "/open/tool": "file",
      "/bin/open-name": "link:/open/tool",
    }),
    writableByOthers: (path) => path.startsWith("/open/"),
  };
  test.each<[unknown, readonly string[]]>([
    ["/usr/bin/gone", ["file-missing"]],
    ["/usr/bin", ["file-unusable"]],
    ["/usr/bin/who", []],
    ["/usr/bin/python3", ["interpreter", "file-is-link"]],
    ["/usr/bin/editor", ["editor", "file-is-link"]],
    ["/bin/ls", ["file-is-link"]],
    ["nothing", ["name-not-found"]],
    ["/open/tool", ["writable-by-others"]],
    ["open-name", ["writable-by-others"]],
    [{ pattern: "/open/tool", contentSha256: "0".repeat(64) }, []],
    [
      { pattern: "/gone", source: "allow-always", argPattern: `sha256:cwd-argv:v1:${"0".repeat(64)}` },
      ["file-missing"],
    ],
  ])("%j: %j", (entry, expected) => {
    const found = lint(entries([entry]), facts).filter(({ code }) => code !== "carrier");
    expect(codes(found)).toEqual(expected);
    expect(lint(entries([entry])).filter(({ code }) => code.startsWith("file"))).toEqual([]);
  });

  test("a denied link is denied under that name only", () => {
    const denied = (pattern: string): readonly Finding[] =>
      lint({ agents: { "*": { deny: [pattern] } } }, facts);
    expect(denied("/usr/bin/editor")[0]).toMatchObject({ code: "file-is-link", list: "deny" });
    expect(denied("/usr/bin/editor")[0]?.fix?.[0]?.slice(2).join(" ")).toBe("deny add /usr/bin/nano");
    expect(denied("/bin/ls")[0]?.fix?.[0]?.slice(2).join(" ")).toBe("deny add ls");
    for (const pattern of ["/usr/bin/nano", "editor", "/gone", "/usr/*"]) expect(denied(pattern)).toEqual([]);
  });

  test("a link is mended by the entry for what it leads to", () => {
    const [, link] = lint({ agents: { "*": { allowlist: ["/usr/bin/python3"] } } }, facts);
    expect(link?.fix?.map((words) => words.slice(3).join(" "))).toEqual([
      "add /usr/bin/python3.11",
      "remove /usr/bin/python3",
    ]);
    const [multi] = lint(entries(["/bin/ls"]), facts);
    expect(multi?.fix?.[0]?.slice(4)).toEqual(["ls", "--agent", "main"]);
  });
});
