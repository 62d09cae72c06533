import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DecideOptions } from "./decide.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { addAllowlistEntry } from "./policy/entries.ts";
import { loadPolicy } from "./policy/load.ts";
import { findRemedy, type Remedy } from "./remedy.ts";
import type { RunRequest } from "./request.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "b c", "git", "python3", "sudo", "we*ird", "busybox", "we=ird"]) {
    scene.program(`bin/${name}`);
  }
  scene.link("busybox", "bin/rev");
  scene.link("busybox", "bin/rot");
  scene.link("../work", "bin/linked");
});
afterAll(() => {
  scene.remove();
});

const remedyOf = (request: RunRequest, policy: LoadedPolicy, options?: DecideOptions): Remedy =>
  findRemedy(request, policy, scene.facts, options);

/** What `openclaw approvals allowlist add <pattern> --agent <id> [--arg-pattern <regex>]` does. */
function execute(policy: LoadedPolicy, command: readonly string[]): LoadedPolicy {
  const [pattern = "", option, agent = "", condition, argPattern] = command.slice(4);
  expect([...command.slice(0, 4), option]).toEqual(["openclaw", "approvals", "allowlist", "add", "--agent"]);
  expect(condition).toBe(argPattern === undefined ? undefined : "--arg-pattern");
  const edit = addAllowlistEntry(policy, { pattern, agent, now: 1, argPattern });
  if (!edit.ok) throw new Error(edit.message);
  return edit.policy;
}

const cases: readonly (readonly [string, (from: Scene) => RunRequest, readonly string[], number])[] = [
  ["one command", (from) => from.request(["a", "x"]), [], 1],
  ["a path", (from) => from.request([`${from.bin}/a`]), ["b"], 1],
  ["a name with a blank", (from) => from.request(["b c"]), [], 1],
  ["a chain with two missing programs", (from) => from.text("a && 'b c' x | a"), [], 2],
  ["a chain with one of two missing", (from) => from.text("a && 'b c' x"), ["a"], 1],
  ["a wrapper", (from) => from.request(["nice", "-n", "5", "timeout", "5", "a"]), [], 1],
  ["a wrapper in a chain", (from) => from.text("nice a; env 'b c'"), [], 2],
  ["a directory that is entered", (from) => from.text("cd ../bin && ./a"), [], 1],
  ["a file that is many programs", (from) => from.request(["rev", "x"]), [], 1],
  ["an agent without an id", (from) => from.request(["a"], { agentId: undefined }), [], 1],
  ["the agent `default`", (from) => from.request(["a"], { agentId: "default" }), [], 1],
  ["an agent of its own", (from) => from.request(["a"], { agentId: "other one" }), [], 1],
];

describe("entries that are named really let the same request through", () => {
  test.each(cases)("%s", (_what, request, listed, count) => {
    for (const ask of ["on-miss", "off"]) {
      const policy = policyOf(listed, { ask });
      const asked = request(scene);
      expect(scene.decide(asked, policy)).toMatchObject({ outcome: ask === "off" ? "deny" : "ask" });
      const { proven, steps } = remedyOf(asked, policy);
      expect(proven).toBe(true);
      expect(steps.map(({ kind }) => kind)).toEqual(Array.from({ length: count }, () => "add-entry"));
      const after = steps.reduce((current, { command }) => execute(current, command ?? []), policy);
      expect(scene.decide(asked, after)).toMatchObject({ outcome: "allow" });
      // One step less is one too few.
      const short = steps.slice(1).reduce((current, { command }) => execute(current, command ?? []), policy);
      expect(scene.decide(asked, short).outcome).not.toBe("allow");
    }
  });

  test("what is allowed needs none", () => {
    expect(remedyOf(scene.request(["a"]), policyOf(["a"]))).toEqual({ proven: true, steps: [] });
  });
});

const textsOf = ({ steps }: Remedy): readonly string[] =>
  steps.map(({ text }) => text.replaceAll(scene.root, ""));

describe("where an entry is not enough", () => {
  test("settings and deny entries come first", () => {
    const policy = policyOf(
      [],
      {},
      { security: "deny", ask: "always", deny: [{ pattern: "a", argPattern: "^x$" }] },
    );
    const remedy = remedyOf(scene.request(["a", "x"]), policy);
    expect(remedy.proven).toBe(true);
    expect(textsOf(remedy)).toEqual([
      "set `security` of agent `main` to `allowlist` in the policy",
      "remove the deny entry `a` of agent `main`",
      "set `ask` of agent `main` to `on-miss` in the policy",
      "add `/bin/a` to the allowlist of agent `main`",
    ]);
    expect(remedy.steps[1]?.command).toEqual(
      "openclaw approvals deny remove a --agent main --arg-pattern ^x$".split(" "),
    );
  });

  test("settings of everybody are changed where they stand", () => {
    expect(textsOf(remedyOf(scene.request(["a"]), policyOf(["a"], { ask: "always" })))).toEqual([
      "set `ask` of `defaults` to `on-miss` in the policy",
    ]);
    const wildcard = loadPolicy(JSON.stringify({ version: 1, agents: { "*": { security: "deny" } } }));
    expect(textsOf(remedyOf(scene.request(["a"]), wildcard))[0]).toBe(
      "set `security` of agent `'*'` to `allowlist` in the policy",
    );
  });

  test("a dangerous argument needs an entry that names it, which then works", () => {
    const request = scene.request(["git", "-c", "core.pager=less (x)", "log"]);
    const remedy = remedyOf(request, policyOf([]));
    expect(remedy.proven).toBe(true);
    expect(remedy.steps).toMatchObject([{ kind: "edit-policy" }]);
    const json = /\{.*\}$/u.exec(remedy.steps[0]?.text ?? "")?.[0] ?? "";
    const policy = policyOf([JSON.parse(json)]);
    expect(scene.decide(request, policy).outcome).toBe("allow");
    expect(scene.decide(scene.request(["git", "-c", "core.pager=less (x)", "x"]), policy).outcome).toBe(
      "ask",
    );
  });

  test("without blanks in the arguments a command adds it", () => {
    const request = scene.request(["git", "-c", "core.pager=less", "log"]);
    const { proven, steps } = remedyOf(request, policyOf(["a"]));
    expect(proven).toBe(true);
    expect(steps[0]?.command?.slice(-2)).toEqual(["--arg-pattern", String.raw`^-c core\.pager=less log$`]);
    const policy = execute(policyOf(["a"]), steps[0]?.command ?? []);
    expect(scene.decide(request, policy).outcome).toBe("allow");
    expect(scene.decide(scene.request(["git", "-c", "core.pagerxless", "log"]), policy).outcome).toBe("ask");
    expect(scene.decide(scene.request(["git", "-c core.pager=less", "log"]), policy).outcome).toBe("ask");
  });

  test("a directory behind a link is named", () => {
    const remedy = remedyOf(scene.request(["a"], { cwd: `${scene.bin}/linked` }), policyOf(["a"]));
    expect(remedy).toMatchObject({ proven: true, steps: [{ kind: "change-request" }] });
    expect(textsOf(remedy)).toEqual(["name the directory by its real path: `/work`"]);
  });

  test.each<readonly [string, (from: Scene) => RunRequest, LoadedPolicy, RegExp, DecideOptions]>([
    [
      "a carrier",
      (from) => from.request(["sudo", "a"]),
      policyOf(["*"]),
      /^run the program behind `sudo`/u,
      {},
    ],
    [
      "nothing there",
      (from) => from.request(["no-such"]),
      policyOf(["*"]),
      /^name a program that is there/u,
      {},
    ],
    ["a redirection", (from) => from.text("a > f"), policyOf(["*"]), /^write it as plain commands/u, {}],
    ["a name like a pattern", (from) => from.request(["we*ird"]), policyOf([]), /^no pattern can name/u, {}],
    [
      "code in arguments",
      (from) => from.request(["python3", "-c", "1"]),
      policyOf(["*"]),
      /^put the code into a script/u,
      { strictInlineEval: true },
    ],
    [
      "unseen programs",
      (from) => from.request(["sudo", "a"]),
      policyOf([], { security: "full" }, { deny: ["x"] }),
      /^run the program behind it by itself/u,
      {},
    ],
    [
      "no directory",
      (from) => from.request(["a"], { cwd: "/no" }),
      policyOf(["*"]),
      /^make the directory/u,
      {},
    ],
    [
      "no text",
      (from) => from.request(["a"], { rawCommand: "b" }),
      policyOf(["*"]),
      /say different things/u,
      {},
    ],
  ])("%s is not promised away", (_what, request, policy, text, options) => {
    const remedy = remedyOf(request(scene), policy, options);
    expect(remedy.proven).toBe(false);
    expect(remedy.steps.at(-1)).toMatchObject({ kind: "advice", text: expect.stringMatching(text) });
    expect(remedy.steps.at(-1)?.command).toBeUndefined();
  });

  test("a broken policy is mended or replaced", () => {
    expect(remedyOf(scene.request(["a"]), loadPolicy('{\n"version":1,}'))).toEqual({
      proven: false,
      steps: [
        { kind: "advice", text: "mend the policy file at line 2, column 13" },
        {
          kind: "advice",
          text: "or replace it by another one",
          command: "openclaw approvals set --file new-policy.json".split(" "),
        },
      ],
    });
  });

  test("an approval in the request is no part of the answer", () => {
    const remedy = remedyOf(scene.request(["a"], { approved: true }), policyOf([]), {
      legacyApprovals: true,
    });
    expect(textsOf(remedy)).toEqual(["add `/bin/a` to the allowlist of agent `main`"]);
  });
});
