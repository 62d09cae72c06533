import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareRun } from "./approval/prepare.ts";
import { PreparedPlans } from "./approval/prepared-plans.ts";
import type { Decision } from "./decision.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import { resolveSkillBins } from "./tools/skill-bins.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const path of ["bin/tool", "first/tool", "elsewhere/prog", "bin/python3", "work/x.sh"]) {
    scene.program(path);
  }
  scene.link(join(scene.root, "elsewhere/prog"), "bin/alias");
  scene.link(join(scene.bin, "python3"), "bin/py");
});
afterAll(() => {
  scene.remove();
});
const causes = (decision: Decision): unknown[] =>
  (decision.view?.segments ?? []).flatMap(({ cause }) => cause ?? []);

describe("a name that a prepare turned into a path", () => {
  /** Decides the prepared run of `tool` under a PATH of its own. */
  const decideLater = (pathEnv: string, argv0?: string): Decision => {
    const policy = policyOf(["tool"]);
    const answer = prepareRun(scene.request(["tool"], { cwd: scene.cwd }), policy, scene.facts);
    if (!answer.ok) throw new Error(answer.message);
    const prepared = new PreparedPlans();
    prepared.add(answer.prepared);
    const { argv, commandText } = answer.result.plan;
    expect(argv).toEqual([join(scene.bin, "tool")]);
    const words = argv0 === undefined ? argv : [argv0];
    const rawCommand = argv0 === undefined ? commandText : undefined;
    const request = scene.request(words, { cwd: scene.cwd, rawCommand });
    return scene.decide(request, policy, { prepared }, { ...scene.facts, pathEnv });
  };

  test("counts for entries of names while it leads to the same file", () => {
    expect(decideLater(scene.facts.pathEnv)).toMatchObject({ outcome: "allow", uses: [{ pattern: "tool" }] });
  });

  test.each([
    ["it leads to another file", "first"],
    ["it leads nowhere", "nowhere"],
  ])("does not count when %s", (_what, directory) => {
    expect(decideLater(join(scene.root, directory)).outcome).toBe("ask");
  });

  test("counts for the prepared plan alone", () => {
    expect(decideLater(scene.facts.pathEnv, join(scene.root, "first/tool")).outcome).toBe("ask");
  });
});

test("a blank raw text says nothing, so the words are shown", () => {
  for (const rawCommand of ["", "  ", undefined]) {
    const decision = scene.decide(scene.request(["tool", "a b"], { rawCommand }), policyOf([]));
    expect(decision.view?.commandText).toBe('tool "a b"');
  }
  const raw = scene.request(["sh", "-c", "tool x"], { rawCommand: "  tool x " });
  expect(scene.decide(raw, policyOf([])).view?.commandText).toBe("tool x");
});

test("a link with a name of its own cannot be passed along by another program", () => {
  const policy = policyOf([join(scene.root, "elsewhere/prog")]);
  expect(scene.decide(scene.request(["alias"]), policy).outcome).toBe("allow");
  const behind = scene.decide(scene.request(["/usr/bin/nice", "alias"]), policy);
  expect(causes(behind)).toEqual([{ kind: "renamed-link", path: join(scene.root, "elsewhere/prog") }]);
});

test("a script behind a shell is covered by its path, never as a name", () => {
  const asked = scene.request(["/bin/sh", "x.sh"], { cwd: scene.cwd });
  expect(scene.decide(asked, policyOf(["**"])).outcome).toBe("ask");
  expect(scene.decide(asked, policyOf(["x.sh"])).outcome).toBe("ask");
  expect(scene.decide(asked, policyOf(["/**/x.sh"])).outcome).toBe("allow");
});

describe("a skill", () => {
  const skillBins = (): ReadonlyMap<string, string> => resolveSkillBins(["tool", "py"], scene.facts);
  const policy = policyOf([], { autoAllowSkills: true });

  test("is none when only the working directory made it one", () => {
    const here = { ...scene.facts, pathEnv: "." };
    const asked = scene.request(["tool"], { cwd: scene.bin, env: { PATH: "." } });
    expect(scene.decide(asked, policy, { skillBins: skillBins() }, here).outcome).toBe("ask");
  });

  test("gets no code, whichever of its names says that it is code", () => {
    const run = (...argv: readonly string[]): string =>
      scene.decide(scene.request(argv), policy, { skillBins: skillBins() }).outcome;
    expect(run("py", "x.py")).toBe("allow");
    expect(run("py", "-c", "1")).toBe("ask");
  });
});
