import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareRun } from "./approval/prepare.ts";
import type { Decision } from "./decision.ts";
import { explain } from "./explain.ts";
import { LIMITS } from "./limits.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { effectivePolicy } from "./policy/effective.ts";
import { loadPolicy } from "./policy/load.ts";
import { wireRefusal } from "./refusal.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
let listed: LoadedPolicy;
beforeAll(() => {
  scene = makeScene();
  scene.program("bin/tool");
  listed = policyOf([`${scene.bin}/*`]);
});
afterAll(() => {
  scene.remove();
});

describe("a policy file that is not what it should be refuses every run, with a place", () => {
  const deep = (levels: number): string => `{"version":1,"x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const wide = (kind: string, count: number): string =>
    JSON.stringify({
      version: 1,
      agents: { main: { [kind]: Array.from({ length: count }, (_unused, at) => ({ pattern: `/${at}` })) } },
    });
  test.each([
    ["a byte order mark", '\uFEFF{"version":1}', "`\\ufeff` stands where a value should be"],
    ["a NUL byte", '{"version":1}\0', "`\\x00` stands where the end of the text should be"],
    ["a NUL byte in a text", '{"version":1,"x":"\0"}', "stands where a string should be"],
    ["a comment", '// mine\n{"version":1}', "`/` stands where a value should be"],
    [
      "a key that is there twice, written differently",
      '{"version":1,"agents":{"a":{},"\\u0061":{}}}',
      "twice",
    ],
    [
      "a prototype",
      '{"version":1,"defaults":{"__proto__":{"security":"full"}}}',
      "`__proto__` is not allowed",
    ],
    ["a key that would fill the log", `{"version":1,"agents":{"${"x".repeat(9999)}":1}}`, "`agents.xxx"],
    [
      "a key that would move the cursor",
      '{"version":1,"a\\u001b[2J":1,"a\\u001b[2J":2}',
      "`a\\x1b[2J` is there twice",
    ],
    ["half a file", '{"version":1,"agents":{"main":', "ends where a value should be"],
    ["numbers for words", '{"version":1,"defaults":{"security":2}}', "`defaults.security` must be one of"],
    ["a list for an agent", '{"version":1,"agents":{"main":["/a"]}}', "`agents.main` must be an object"],
    ["a word for the agents", '{"version":1,"agents":"main"}', "`agents` must be an object"],
    ["another version", '{"version":"1"}', "`version` must be 1"],
    ["a hundred thousand levels", deep(100_000), "nests deeper than 32 levels"],
    ["too many entries", wide("allowlist", LIMITS.entries + 1), `more than ${LIMITS.entries}`],
    ["too many deny entries", wide("deny", LIMITS.entries + 1), `more than ${LIMITS.entries}`],
    ["ten megabytes", `{"version":1,"x":"${"x".repeat(10_000_000)}"}`, "larger than 1048576 bytes"],
  ])("%s", (_what, text, said) => {
    const policy = loadPolicy(text);
    if (policy.kind !== "malformed") throw new Error("it was read");
    expect(policy.problem.message).toContain(said);
    expect(policy.problem.message).not.toMatch(/[\p{C}]/u);
    expect(policy.problem.message.length).toBeLessThan(600);
    const decision = scene.decide(scene.request(["tool"]), policy);
    expect(decision).toMatchObject({ outcome: "deny", reason: "policy-malformed" });
    expect(explain(decision, "main").sentence).not.toMatch(/\p{Cc}/u);
  });

  test("line ends of Windows are only line ends", () => {
    const text = JSON.stringify({ version: 1, agents: { main: { allowlist: ["tool"] } } }, null, 2);
    const policy = loadPolicy(text.replaceAll("\n", "\r\n"));
    expect(scene.decide(scene.request(["tool"]), policy).outcome).toBe("allow");
  });
});

describe("a pattern that says nothing useful allows nothing", () => {
  test.each([
    ["nothing", ""],
    ["blanks", " \t "],
    ["a NUL byte", "tool\0"],
    ["half a character", "\ud800"],
    ["too long a text", "*".repeat(LIMITS.patternChars + 1)],
    ["a path that goes up", "/bin/../**/tool/.."],
    ["slashes", "/////"],
    ["another spelling of the letters", "toöl".normalize("NFD")],
    ["letters that look alike", "tооl"],
  ])("%s", (_what, pattern) => {
    scene.program("bin/toöl".normalize("NFC"));
    const policy = policyOf([pattern]);
    for (const name of ["tool", "toöl".normalize("NFC")]) {
      expect(scene.decide(scene.request([name]), policy).outcome).toBe("ask");
    }
  });

  test("names are compared as they are written, in whatever form", () => {
    for (const form of ["NFC", "NFD"]) {
      const name = "tüöl".normalize(form);
      scene.program(`bin/${name}`);
      expect(scene.decide(scene.request([name]), policyOf([name])).outcome).toBe("allow");
    }
  });
});

describe("a request that cannot be meant is refused, with a message", () => {
  const invalid = (decision: Decision): unknown => {
    if (decision.outcome !== "invalid") return decision.outcome;
    expect(wireRefusal(decision)).toEqual({ code: "INVALID_REQUEST", message: decision.message });
    return decision.message;
  };
  const unpassable = "command holds text that cannot be passed on";

  test.each([
    ["a NUL byte", ["tool", "a\0b"], unpassable],
    ["a NUL byte in the name", ["tool\0"], unpassable],
    ["half a character", ["tool", "\ud83d"], unpassable],
    ["the other half", ["tool", "\ude00\ud83d"], unpassable],
    [
      "a hundred thousand words",
      ["tool", ...Array.from({ length: 100_000 }, () => "x")],
      "command is too large",
    ],
    ["ten megabytes", ["tool", "x".repeat(10_000_000)], "command is too large"],
    ["ten megabytes of wide letters", ["tool", "é".repeat(600_000)], "command is too large"],
    ["no words", [], "command required"],
    ["a blank name", [""], "command required"],
  ])("%s", (_what, argv, message) => {
    expect(invalid(scene.decide(scene.request(argv), listed))).toBe(message);
    const full = policyOf([], { security: "full", ask: "off" });
    expect(invalid(scene.decide(scene.request(argv), full))).toBe(message);
    expect(prepareRun(scene.request(argv), full, scene.facts)).toEqual({ ok: false, message });
  });

  test("a whole character of two halves is text like any other", () => {
    expect(scene.decide(scene.request(["tool", "😀"]), listed).outcome).toBe("allow");
  });
});

describe("agents that the policy does not name", () => {
  const policy = loadPolicy(
    JSON.stringify({
      version: 1,
      defaults: { security: "allowlist", ask: "on-miss" },
      agents: { main: { allowlist: ["tool"] }, "*": { deny: ["rm"] } },
    }),
  );
  test.each([
    "other",
    "",
    " main",
    "MAIN",
    "main\0",
    "__proto__",
    "constructor",
    "*",
    "default",
    "x".repeat(1e6),
  ])("%j has what all have, and nothing of another one", (agentId) => {
    const { allowlist, deny, security } = effectivePolicy(policy, agentId);
    expect(allowlist).toEqual([]);
    expect(deny.map(({ entry }) => entry.pattern)).toEqual(["rm"]);
    expect(security.value).toBe("allowlist");
    expect(scene.decide(scene.request(["tool"], { agentId }), policy).outcome).toBe("ask");
  });
});
