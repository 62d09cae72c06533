import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import { explain } from "./explain.ts";
import { loadPolicy } from "./policy/load.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "b c", "sudo"]) scene.program(`bin/${name}`);
});
afterAll(() => {
  scene.remove();
});

const say = (decision: Decision): string => explain(decision, "main").sentence.replaceAll(scene.root, "");

describe("one plain sentence", () => {
  test.each([
    [
      ["a"],
      [],
      "`a` (`/bin/a`) is not in the allowlist of agent `main`; an operator has to approve it, because `ask` is `on-miss` in `defaults`",
    ],
    [
      ["sudo", "a"],
      ["*"],
      "`sudo` starts other programs, so an entry for it covers none of them; an operator has to approve it, because `ask` is `on-miss` in `defaults`",
    ],
    [
      ["no-such"],
      ["*"],
      "`no-such` was not found, or cannot be started; an operator has to approve it, because `ask` is `on-miss` in `defaults`",
    ],
    [["a"], ["*"], "allowed by the entry `'*'` of agent `main`"],
    [["sh", "-c", "a; a"], ["*"], "every part is listed, the first by the entry `'*'` of agent `main`"],
    [
      ["sh", "-c", "a > f"],
      ["*"],
      "redirection at character 3 of the text is not something this host can check; an operator has to approve it, because `ask` is `on-miss` in `defaults`",
    ],
  ])("%j with %j", (argv, list, expected) => {
    expect(say(scene.decide(scene.request(argv), policyOf(list)))).toBe(expected);
  });

  test("rules name their place", () => {
    const request = scene.request(["a"]);
    expect(say(scene.decide(request, policyOf([], { security: "deny" })))).toBe(
      "nothing may run: `security` is `deny` in `defaults`",
    );
    expect(say(scene.decide(request, policyOf([], {}, { ask: "off" })))).toMatch(
      /not in the allowlist of agent `main`; nobody is asked, because `security` is `allowlist` in `defaults` and asking is off$/u,
    );
    expect(say(scene.decide(request, loadPolicy('{\n"version":1,}')))).toBe(
      "nothing may run while the policy file cannot be read: `}` stands where a key in double quotes should be (line 2, column 13)",
    );
    expect(say(scene.decide(request, loadPolicy(undefined)))).toMatch(/`ask` is `on-miss` by default/u);
    const denied = policyOf([], {}, { deny: [{ pattern: "a", reason: "no\u202e" }] });
    expect(say(scene.decide(request, denied))).toBe(
      String.raw`${"`a` is denied by the deny entry `a` of agent `main` "}(no\u202e)`,
    );
  });

  test("long and hidden text stays readable", () => {
    const { sentence } = explain(
      scene.decide(scene.request([`a\u0007${"x".repeat(1000)}`]), policyOf([])),
      "main",
    );
    expect(sentence).toContain(String.raw`$'a\x07xxx`);
    expect(sentence.length).toBeLessThan(400);
    expect(sentence).toContain("characters)");
  });
});
