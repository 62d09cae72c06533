import { copyFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision, SegmentView } from "./decision.ts";
import { wireRefusal } from "./refusal.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import { resolveSkillBins } from "./tools/skill-bins.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["tool", "other", "wc", "script"]) scene.program(`bin/${name}`);
  scene.program("work/wc");
  // A shell and a wrapper that anyone could have put there.
  for (const [from, name] of [
    ["/bin/sh", "sh"],
    ["/usr/bin/nice", "nice"],
  ] as const) {
    copyFileSync(from, join(scene.bin, name));
    chmodSync(join(scene.bin, name), 0o755);
  }
});
afterAll(() => {
  scene.remove();
});

const segments = (decision: Decision): readonly SegmentView[] => decision.view?.segments ?? [];
const rules = (decision: Decision): unknown[] => segments(decision).map(({ by, cause }) => by ?? cause);

describe("every part is told what covers it", () => {
  test("builtins, the directory that is entered, and the entries", () => {
    const policy = policyOf([{ pattern: "tool", id: "t", argPattern: "^x$" }, "other"]);
    const decision = scene.decide(scene.text(`cd ${scene.cwd} && true && tool x && other`), policy);
    expect(decision).toMatchObject({
      outcome: "allow",
      rule: { kind: "entry", pattern: "tool" },
      uses: [
        { agent: "main", pattern: "tool", argPattern: "^x$", id: "t", resolvedPath: join(scene.bin, "tool") },
        { agent: "main", pattern: "other", resolvedPath: join(scene.bin, "other") },
      ],
      view: { shell: "sh" },
    });
    const entry = { kind: "entry", agent: "main" };
    expect(rules(decision)).toMatchObject([
      { kind: "builtin", name: "cd" },
      { kind: "builtin", name: "true" },
      { ...entry, pattern: "tool", argPattern: "^x$", id: "t" },
      { ...entry, pattern: "other" },
    ]);
    expect(Object.keys(segments(decision)[3]?.by ?? {})).not.toContain("argPattern");
  });

  test("a text of builtins alone is covered by its first one", () => {
    const decision = scene.decide(scene.text("true && false"), policyOf([]));
    expect(decision).toMatchObject({ outcome: "allow", rule: { kind: "builtin", name: "true" }, uses: [] });
  });

  test("a pattern that is not evaluated is named, and what has no file has no path", () => {
    const policy = policyOf([{ pattern: "tool", argPattern: "(?=x)" }]);
    const decision = scene.decide(scene.text("tool x && missing"), policy);
    expect(rules(decision)).toEqual([
      { kind: "argument-pattern", pattern: "tool", argPattern: "(?=x)" },
      { kind: "unresolved" },
    ]);
    expect(segments(decision)[1]).not.toHaveProperty("resolved");
  });

  test("under a full policy nothing of the list was used", () => {
    const policy = policyOf(["tool"], { security: "full", ask: "off" });
    expect(scene.decide(scene.request(["tool"]), policy)).toMatchObject({ reason: "full", uses: [] });
  });
});

describe("a shell or wrapper that is no file of the system", () => {
  const untrusted = (path: string): unknown => ({ kind: "untrusted-runner", path });

  test.each([
    ["a wrapper", ["nice", "tool"], "nice"],
    ["a shell with a chain", ["sh", "-c", "tool && tool"], "sh"],
    ["a shell with a script", ["sh", "script"], "sh"],
  ])("%s is not passed over", (_what, argv, runner) => {
    const more = { cwd: scene.bin };
    const path = join(scene.bin, runner);
    const asked = scene.decide(scene.request(argv, more), policyOf(["tool", `${scene.bin}/script`]));
    expect(rules(asked)).toContainEqual(untrusted(path));
    expect(asked.outcome).toBe("ask");
    const list = ["tool", `${scene.bin}/script`, path];
    expect(scene.decide(scene.request(argv, more), policyOf(list)).outcome).toBe("allow");
  });

  test("an entry counts for it only without a condition", () => {
    const path = join(scene.bin, "nice");
    for (const entry of [
      { pattern: path, argPattern: "^.*$" },
      { pattern: path, source: "allow-always" },
      { pattern: join(scene.bin, "nic?x") },
      { pattern: "nice" },
    ]) {
      const decision = scene.decide(scene.request(["nice", "tool"]), policyOf(["tool", "other", entry]));
      expect(rules(decision), JSON.stringify(entry)).toContainEqual(untrusted(path));
    }
  });

  test("those of the system need no entry", () => {
    const trusted = scene.decide(scene.request(["/usr/bin/nice", "tool"]), policyOf(["tool"]));
    expect(trusted.outcome).toBe("allow");
  });
});

describe("programs that need no entry", () => {
  test("lie in a directory of the system, under their own name", () => {
    const outcome = (name: string, path = ""): string =>
      scene.decide(
        scene.request([name, "-l"], { env: { PATH: path } }),
        policyOf([]),
        {},
        { ...scene.facts, pathEnv: path },
      ).outcome;
    expect(outcome("wc", "/usr/bin")).toBe("allow");
    expect(outcome("/usr/bin/wc")).toBe("allow");
    expect(outcome("wc", scene.bin)).toBe("ask");
    expect(outcome("./wc")).toBe("ask");
    const linked = { ...scene.facts, pathEnv: join(scene.root, "links") };
    scene.link("/usr/bin/sort", "links/wc");
    expect(scene.decide(scene.request(["wc", "-l"]), policyOf([]), {}, linked).outcome).toBe("ask");
  });

  test("skills are named without a path, and are still the file of the list", () => {
    const skillBins = resolveSkillBins(["tool", "script"], scene.facts);
    const policy = policyOf([], { autoAllowSkills: true });
    const ask = (...argv: readonly string[]): Decision =>
      scene.decide(scene.request(argv, { cwd: scene.bin }), policy, { skillBins });
    expect(ask("tool", "x").outcome).toBe("allow");
    expect(rules(ask("tool", "x"))).toEqual([
      { kind: "skill-bin", name: "tool", path: join(scene.bin, "tool") },
    ]);
    expect(ask("./tool").outcome).toBe("ask");
    expect(ask(join(scene.bin, "tool")).outcome).toBe("ask");
    expect(ask("other").outcome).toBe("ask");
    const moved = new Map([["tool", join(scene.bin, "other")]]);
    const decision = scene.decide(scene.request(["tool"]), policy, { skillBins: moved });
    expect(decision.outcome).toBe("ask");
  });
});

describe("what the Gateway is told", () => {
  test("codes and events", () => {
    const raw = scene.decide(scene.request(["tool"], { rawCommand: "other" }), policyOf([]));
    expect(raw).toMatchObject({ outcome: "invalid", reason: "raw-command-mismatch" });
    if (raw.outcome === "allow") throw new Error("it was allowed");
    expect(wireRefusal(raw)).toEqual({
      code: "INVALID_REQUEST",
      message: "INVALID_REQUEST: rawCommand does not match command",
    });
    const asked = scene.decide(scene.request(["tool"]), policyOf([], { ask: "always" }));
    expect(asked).toMatchObject({ outcome: "ask", reason: "ask-always" });
    if (asked.outcome === "allow") throw new Error("it was allowed");
    expect(wireRefusal(asked)).toEqual({
      code: "SYSTEM_RUN_DENIED",
      message: "SYSTEM_RUN_DENIED: approval required",
      eventReason: "approval-required",
    });
  });

  test("inline code is named only where it was the reason", () => {
    const strict = { strictInlineEval: true };
    const listed = scene.decide(scene.request(["perl", "-e", "1"]), policyOf([], { ask: "always" }), strict);
    if (listed.outcome === "allow") throw new Error("it was allowed");
    expect(wireRefusal(listed).message).toBe("SYSTEM_RUN_DENIED: approval required");
    const full = policyOf([], { security: "full", ask: "off" });
    const inline = scene.decide(scene.request(["perl", "-e", "1"]), full, strict);
    expect(inline).toMatchObject({ outcome: "ask", rule: { kind: "request" }, reason: "inline-eval" });
  });

  test("a capability that the host does not have is refused where the run was allowed", () => {
    const wanted = scene.request(["tool"], { needsScreenRecording: true });
    expect(scene.decide(wanted, policyOf(["tool"]))).toMatchObject({
      outcome: "deny",
      rule: { kind: "request" },
      reason: "screen-recording",
    });
    const gone = scene.request(["tool"], { cwd: join(scene.root, "gone") });
    expect(scene.decide(gone, policyOf(["tool"]))).toMatchObject({
      outcome: "deny",
      rule: { kind: "request" },
      reason: "cwd-missing",
    });
    const legacy = { ...wanted, approved: true };
    expect(scene.decide(legacy, policyOf([]), { legacyApprovals: true })).toMatchObject({
      outcome: "deny",
      rule: { kind: "request" },
      reason: "screen-recording",
    });
  });

  test("talk of the audit is for a person to judge, unless everything may run", () => {
    const words = ["tool", "security.audit.suppressions"];
    const under = (scope: Readonly<Record<string, unknown>>): Decision =>
      scene.decide(scene.request(words), policyOf(["tool"], scope));
    expect(under({ security: "allowlist", ask: "off" })).toMatchObject({
      outcome: "ask",
      rule: { kind: "request" },
      reason: "audit-suppressions",
    });
    expect(under({ security: "full", ask: "on-miss" }).outcome).toBe("ask");
    expect(under({ security: "full", ask: "off" }).outcome).toBe("allow");
  });
});
