import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import { explain } from "./explain.ts";
import { addAllowlistEntry } from "./policy/entries.ts";
import { loadPolicy } from "./policy/load.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "b c", "sudo", "we*ird"]) scene.program(`bin/${name}`);
});
afterAll(() => {
  scene.remove();
});

const say = (decision: Decision): string => {
  const { sentence, remedy } = explain(decision, "main");
  const text = remedy === undefined ? sentence : `${sentence} → ${remedy}`;
  return text.replaceAll(scene.root, "");
};

describe("one plain sentence, and the way out where there is one", () => {
  test.each([
    [
      ["a"],
      [],
      "`a` (`/bin/a`) is not in the allowlist of agent `main`; an operator has to approve it, because `ask` is `on-miss` in `defaults` → openclaw approvals allowlist add /bin/a --agent main",
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
      /not in the allowlist of agent `main`; nobody is asked, because `security` is `allowlist` in `defaults` and asking is off → /u,
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

  test("no remedy where an entry would be wider than the file", () => {
    expect(say(scene.decide(scene.request(["we*ird"]), policyOf([])))).not.toContain("→");
  });

  test("a remedy really is one", () => {
    const request = scene.text("a && 'b c' x | a");
    const start = policyOf([]);
    const { remedy } = explain(scene.decide(request, start), "main");
    const lines = remedy?.split(" && ") ?? [];
    expect(lines).toHaveLength(2);
    let policy = start;
    for (const line of lines) {
      const [, quoted = ""] = /^openclaw approvals allowlist add (.*) --agent main$/u.exec(line) ?? [];
      const edit = addAllowlistEntry(policy, { agent: "main", pattern: quoted.replaceAll("'", ""), now: 0 });
      if (!edit.ok) throw new Error(edit.message);
      ({ policy } = edit);
    }
    expect(scene.decide(request, policy).outcome).toBe("allow");
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
