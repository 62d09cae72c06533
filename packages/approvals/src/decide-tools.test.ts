import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide, type DecideOptions } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { explain } from "./explain.ts";
import { wireRefusal } from "./refusal.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import { resolveSkillBins } from "./tools/skill-bins.ts";

let scene: Scene;
let listed: ReturnType<typeof policyOf>;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["git", "cat", "python3", "tool", "head"]) scene.program(`bin/${name}`);
  scene.program("other/tool");
  listed = policyOf([`${scene.bin}/*`]);
});
afterAll(() => {
  scene.remove();
});
const outcomeOf = (decision: Decision): string =>
  decision.outcome === "invalid" ? decision.message : `${decision.outcome} ${decision.reason}`;
const missOf = (decision: Decision): unknown =>
  decision.view?.segments.find((segment) => !segment.covered)?.cause;

describe("an entry for a program alone does not cover arguments that start others", () => {
  test("but an entry that names the arguments does", () => {
    const argv = ["git", "-c", "core.pager=x", "log"];
    const decision = scene.decide(scene.request(argv), listed);
    expect(missOf(decision)).toEqual({ kind: "program-argument", argument: "-c" });
    expect(explain(decision, "main").sentence).toBe(
      "`git` may start other programs because of its argument `-c`, which only an entry with an argument pattern covers; an operator has to approve it, because `ask` is `on-miss` in `defaults`",
    );
    const named = policyOf([{ pattern: "git", argPattern: "^-c core\\.pager=\\w+ log$" }]);
    expect(outcomeOf(scene.decide(scene.request(argv), named))).toBe("allow listed");
    expect(scene.decide(scene.request([...argv, "x"]), named).outcome).toBe("ask");
  });

  test("also behind a wrapper and in a chain", () => {
    for (const text of ["nice git -c a=b log", "cat x && git -c a=b log", "sh -c 'git difftool'"]) {
      expect(missOf(scene.decide(scene.text(text), listed))).toMatchObject({ kind: "program-argument" });
    }
  });

  test("with deny entries in force nobody can say what they start", () => {
    const policy = policyOf([], { security: "full", ask: "off" }, { deny: ["rm"] });
    const started = scene.decide(scene.request(["git", "-c", "core.pager=rm x", "log"]), policy);
    expect(outcomeOf(started)).toBe("deny deny-list-unproven");
    expect(scene.decide(scene.request(["git", "log"]), policy).outcome).toBe("allow");
  });

  test("the entry with an argument pattern is the one that counts", () => {
    const policy = policyOf([
      "git",
      { pattern: "git", argPattern: "^log$", id: "exact" },
      { pattern: "git", argPattern: "^l.*$", id: "later" },
    ]);
    expect(scene.decide(scene.request(["git", "log"]), policy)).toMatchObject({ uses: [{ id: "exact" }] });
    expect(scene.decide(scene.request(["git", "diff"]), policy)).toMatchObject({
      uses: [{ pattern: "git" }],
    });
  });
});

describe("programs that only read their input", () => {
  const facts = (): Scene["facts"] => ({ ...scene.facts, pathEnv: "/usr/bin:/bin" });

  test("need no entry, only where the system keeps them", () => {
    const decision = scene.decide(scene.request(["head", "-5"]), policyOf([]), {}, facts());
    expect(decision).toMatchObject({ outcome: "allow", rule: { kind: "safe-bin", name: "head" }, uses: [] });
    expect(explain(decision, "main").sentence).toBe(
      "allowed by the built-in profile of `head`, which only reads its input here",
    );
    // The one that PATH names first here is not the system's.
    expect(missOf(scene.decide(scene.request(["head", "-5"]), policyOf([])))).toEqual({ kind: "no-entry" });
  });

  test("in a chain with listed programs, by their absolute path", () => {
    const policy = policyOf([`${scene.bin}/cat`]);
    const decision = scene.decide(scene.text("cat x | tail -n 3 | wc -l"), policy);
    expect(decision).toMatchObject({ outcome: "allow", reason: "listed" });
    expect(decision.outcome === "allow" && decision.plan.argv[2]).toBe(
      `'${scene.bin}/cat' 'x' | '/usr/bin/tail' '-n' '3' | '/usr/bin/wc' '-l'`,
    );
    expect(scene.decide(scene.text("cat x | tail -f"), policy).outcome).toBe("ask");
  });

  test("the owner may take them out", () => {
    const decision = scene.decide(
      scene.request(["head"]),
      policyOf([]),
      { safeBins: ["wc", "sort"] },
      facts(),
    );
    expect(decision.outcome).toBe("ask");
    expect(scene.decide(scene.request(["sort"]), policyOf([]), { safeBins: ["sort"] }, facts()).outcome).toBe(
      "ask",
    );
  });

  test("a deny entry wins", () => {
    const policy = policyOf([], {}, { deny: ["head"] });
    expect(scene.decide(scene.request(["head"]), policy, {}, facts()).outcome).toBe("deny");
  });
});

describe("programs of skills", () => {
  const options = (): DecideOptions => ({
    skillBins: resolveSkillBins(["tool", "python3", "git", "/bin/sh", "", "no-such"], scene.facts),
  });
  const ask = (argv: readonly string[], facts = scene.facts): string =>
    outcomeOf(scene.decide(scene.request(argv), policyOf([], { autoAllowSkills: true }), options(), facts));

  test("the list keeps what names lead to", () => {
    expect([...(options().skillBins ?? [])].map(([name]) => name)).toEqual(["tool", "python3", "git"]);
  });

  test("by their bare name, while it leads to the same file", () => {
    expect(ask(["tool", "x"])).toBe("allow listed");
    expect(ask([`${scene.bin}/tool`, "x"])).toBe("ask not-listed");
    const shadowed = { ...scene.facts, pathEnv: `${scene.root}/other:${scene.facts.pathEnv}` };
    expect(ask(["tool", "x"], shadowed)).toBe("ask not-listed");
    expect(outcomeOf(scene.decide(scene.request(["tool"]), policyOf([]), options()))).toBe("ask not-listed");
  });

  test("neither with inline code nor with arguments that start others", () => {
    expect(ask(["python3", "x.py"])).toBe("allow listed");
    expect(ask(["python3", "-c", "1"])).toBe("ask not-listed");
    expect(ask(["git", "-c", "a=b", "log"])).toBe("ask not-listed");
  });
});

describe("the guard against inline code", () => {
  const strict = { strictInlineEval: true };
  const full = policyOf([], { security: "full", ask: "off" });

  test.each([
    [["python3", "-c", "1"], "python3 -c"],
    ["cat x | python3", "python3 inline program"],
    ["nice python3 -c 1", "python3 -c"],
    [["sudo", "-u", "x", "python3", "-c", "1"], "python3 -c"],
    [["env", "-i", "A=1", "python3", "-c", "1"], "python3 -c"],
    [["sudo", "sh", "-c", "x"], "sh inline command"],
    ["cat $(x)", "sh inline command"],
    ["cat x | sh", "sh inline command"],
  ] as const)("%j asks", (command, what) => {
    const request = typeof command === "string" ? scene.text(command) : scene.request(command);
    const decision = scene.decide(request, full, strict);
    expect(outcomeOf(decision)).toBe("ask inline-eval");
    expect(decision.outcome === "ask" && wireRefusal(decision).message).toBe(
      `SYSTEM_RUN_DENIED: approval required (${what} requires explicit approval in strictInlineEval mode)`,
    );
    expect(scene.decide(request, full).outcome).toBe("allow");
  });

  test.each([
    [["python3", "x.py", "-c"]],
    ["git log | cat"],
    [["sudo", "apt", "install", "python3"]],
    [["bash", "build.sh"]],
  ])("%j does not", (command) => {
    const request = typeof command === "string" ? scene.text(command) : scene.request(command);
    expect(scene.decide(request, full, strict).outcome).toBe("allow");
  });

  test("deny stays deny, and an approval lifts it", () => {
    const request = scene.request(["python3", "-c", "1"]);
    expect(decide(request, policyOf([], { security: "deny" }), scene.facts, strict).outcome).toBe("deny");
    const approved = { ...request, approved: true };
    expect(decide(approved, full, scene.facts, { ...strict, legacyApprovals: true }).outcome).toBe("allow");
    expect(explain(decide(request, full, scene.facts, strict), "main").sentence).toBe(
      "`python3` gets code in its arguments (`-c`), which needs an approval while `strictInlineEval` is on",
    );
  });
});
