import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { effectivePolicy } from "./effective.ts";
import { sha256 } from "./hash.ts";
import { initialPolicyText } from "./initial.ts";
import { readJsonText } from "./json-text.ts";
import { loadPolicy } from "./load.ts";

const problemOf = (text: string): unknown => {
  const policy = loadPolicy(text);
  return policy.kind === "malformed" ? policy.problem : undefined;
};

describe("a policy that cannot be trusted denies everything and says where", () => {
  test.each([
    ["", 1, 1, "the text ends where a value should be"],
    ['{\n  "version": 1,\n  "agents": {,}\n}', 3, 14, "`,` stands where a key in double quotes should be"],
    ['{"version":1,"version":1}', 1, 14, "the key `version` is there twice"],
    ['{"version":1,"agents":{"__proto__":{}}}', 1, 24, "the key `__proto__` is not allowed"],
    ['{"version":1} x', 1, 15, "`x` stands where the end of the text should be"],
    ["[]", 1, 1, "the policy must be an object"],
    ['{"version":2}', 1, 12, "`version` must be 1"],
    ["{}", 1, 1, "`version` must be 1"],
    [
      '{"version":1,\n"defaults":{"security":"fulll"}}',
      2,
      24,
      "`defaults.security` must be one of deny, allowlist, full",
    ],
    ['{"version":1,"defaults":{"ask":1}}', 1, 32, "`defaults.ask` must be one of off, on-miss, always"],
    [
      '{"version":1,"agents":{"main":{"autoAllowSkills":"yes"}}}',
      1,
      50,
      "`agents.main.autoAllowSkills` must be true or false",
    ],
    ['{"version":1,"agents":{"main":[]}}', 1, 31, "`agents.main` must be an object"],
    ['{"version":1,"agents":{"main":{"allowlist":{}}}}', 1, 44, "`agents.main.allowlist` must be a list"],
    ['{"version":1,"agents":{"main":{"deny":[{}]}}}', 1, 40, "`agents.main.deny.0.pattern` must be a text"],
    [
      '{"version":1,"agents":{"main":{"deny":[" "]}}}',
      1,
      40,
      "`agents.main.deny.0.pattern` must not be blank",
    ],
    ['{"version":1,"agents":{"":{}}}', 1, 23, "`agents` holds an agent without a name"],
    ['{"version":1,"socket":"x"}', 1, 23, "`socket` must be an object"],
    [`{"version":1,"x":${"[".repeat(40)}${"]".repeat(40)}}`, 1, 50, "nests deeper than 32 levels"],
  ])("%j", (text, line, column, message) => {
    expect(problemOf(text)).toEqual({ message, line, column });
    const policy = loadPolicy(text);
    expect(policy.hash).toBe(sha256(text));
    const { security, ask, askFallback, allowlist, autoAllowSkills } = effectivePolicy(policy, "main");
    expect(autoAllowSkills.value).toBe(false);
    expect([security.value, ask.value, askFallback.value, allowlist]).toEqual(["deny", "off", "deny", []]);
    expect(security.rule.kind).toBe("policy-file");
  });

  test("a text that is too large", () => {
    expect(problemOf(" ".repeat(LIMITS.policyBytes + 1))).toEqual({
      message: "the policy is larger than 1048576 bytes",
    });
    const long = JSON.stringify({ version: 1, note: "x".repeat(LIMITS.policyBytes - 100) });
    expect(loadPolicy(long).kind).toBe("ok");
  });
});

describe("a policy that is read", () => {
  test("no file means the built-in values and no entries", () => {
    const policy = loadPolicy(undefined);
    expect(policy).toMatchObject({ kind: "ok", exists: false, hash: `missing:${sha256("")}` });
    const { security, ask } = effectivePolicy(policy, undefined);
    expect(security).toEqual({
      value: "allowlist",
      rule: { kind: "setting", field: "security", value: "allowlist", from: "built-in" },
    });
    expect(ask.value).toBe("on-miss");
  });

  test("the policy of a new node writes every value out", () => {
    const text = initialPolicyText(["main"]);
    expect(JSON.parse(text)).toEqual({
      version: 1,
      defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false },
      agents: { main: { allowlist: [] } },
    });
    expect(text.endsWith("}\n")).toBe(true);
    expect(effectivePolicy(loadPolicy(text), "main").security.rule).toMatchObject({ from: "defaults" });
  });

  test("each value names the place that set it", () => {
    const policy = loadPolicy(
      JSON.stringify({
        version: 1,
        defaults: { security: "deny", ask: "off", askFallback: "full" },
        agents: { "*": { ask: "always", security: " full " }, main: { security: "allowlist" } },
      }),
    );
    const { security, ask, askFallback, autoAllowSkills } = effectivePolicy(policy, "main");
    expect(security.rule).toMatchObject({ value: "allowlist", from: "agent", agent: "main" });
    expect(ask.rule).toMatchObject({ value: "always", from: "wildcard", agent: "*" });
    expect(askFallback.rule).toMatchObject({ value: "full", from: "defaults" });
    expect(autoAllowSkills.rule).toMatchObject({ value: false, from: "built-in" });
    expect(effectivePolicy(policy, "*").security.rule).toMatchObject({ from: "wildcard", agent: "*" });
    expect(effectivePolicy(policy, undefined).security.value).toBe("allowlist");
    expect(effectivePolicy(policy, "other").security.value).toBe("full");
    for (const id of ["__proto__", "constructor", "toString", "Main", "main "]) {
      expect(effectivePolicy(policy, id).security.value).toBe("full");
    }
  });

  test("old list forms are read, and items that are no entries allow nothing", () => {
    const policy = loadPolicy(
      JSON.stringify({
        version: 1,
        agents: {
          default: { security: "deny", ask: "off", allowlist: ["/b", "/a"], deny: ["/d"] },
          main: {
            ask: "always",
            allowlist: [
              " /a ",
              { pattern: "/x", argPattern: 5 },
              { pattern: "/y", source: "other" },
              { pattern: "/z", argPattern: "" },
              { pattern: "  " },
              7,
              null,
              { pattern: "/k", commandText: "secret", extra: 1, id: "i" },
            ],
          },
        },
      }),
    );
    const { allowlist, deny, security, ask } = effectivePolicy(policy, "main");
    expect(allowlist.map(({ entry }) => entry)).toEqual([
      { pattern: "/a" },
      { pattern: "/k", id: "i" },
      { pattern: "/b" },
    ]);
    expect(deny).toEqual([{ agent: "main", entry: { pattern: "/d" } }]);
    expect([security.value, ask.value]).toEqual(["deny", "always"]);
    expect(effectivePolicy(policy, "default").security.value).toBe("allowlist");
    expect(JSON.stringify(policy)).not.toContain("secret");
  });

  test("entries of `*` come first", () => {
    const policy = loadPolicy(
      '{"version":1,"agents":{"main":{"allowlist":["/m"],"deny":["/dm"]},"*":{"allowlist":["/w"],"deny":["/dw"]}}}',
    );
    const { allowlist, deny } = effectivePolicy(policy, "main");
    expect(allowlist.map(({ agent, entry }) => [agent, entry.pattern])).toEqual([
      ["*", "/w"],
      ["main", "/m"],
    ]);
    expect(deny.map(({ entry }) => entry.pattern)).toEqual(["/dw", "/dm"]);
    expect(effectivePolicy(policy, "*").allowlist).toHaveLength(1);
  });
});

describe("for any text", () => {
  test("reading never throws, and agrees with JSON.parse about valid text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          loadPolicy(text);
          const read = readJsonText(text, 1000);
          const special = !read.ok && /is there twice|__proto__/u.test(read.problem.message);
          fc.pre(!special);
          expect(read.ok ? [read.value] : []).toEqual(parsedByPlatform(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** The value in a list, or nothing. */
function parsedByPlatform(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
