import { afterAll, beforeAll, expect, test } from "vitest";
import { explain } from "./explain.ts";
import { isNarrowing } from "./policy/narrow.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["tool", "python3"]) scene.program(`bin/${name}`);
  for (const name of ["x.py", "x.sh"]) scene.program(`work/${name}`);
});
afterAll(() => {
  scene.remove();
});

const outcome = (command: string | readonly string[], deny: object): string => {
  const policy = policyOf(["*"], { security: "full", ask: "off" }, { deny: [deny] });
  const request = typeof command === "string" ? scene.text(command) : scene.request(command);
  return scene.decide(request, policy).outcome;
};

test.each<[string | readonly string[], string, string, string]>([
  ["tool push origin", "tool", "push .*", "deny"],
  ["tool status", "tool", "push .*", "allow"],
  [["tool", "push", "x"], "**/tool", "push .*", "deny"],
  ["tool status && nice tool push x", "tool", "push .*", "deny"],
  ["nice tool status", "tool", "push .*", "allow"],
  [["python3", "x.py", "prod"], "x.py", "prod", "deny"],
  [["python3", "x.py", "test"], "x.py", "prod", "allow"],
  [["sh", "x.sh", "prod"], "**/x.sh", "prod", "deny"],
  [["sh", "x.sh", "test"], "**/x.sh", "prod", "allow"],
  // What cannot be evaluated, or cannot be seen, is denied.
  ["tool status", "tool", "(?=x)", "deny"],
  ["tool status", "tool", "sha256:cwd-argv:v1:00", "deny"],
  [["tool", "a".repeat(100_000)], "tool", "(a|aa|a?b*|(a|b)*)*c", "deny"],
  [["sudo", "tool", "status"], "tool", "push .*", "deny"],
])("%j with %s args %s: %s", (command, pattern, argPattern, expected) => {
  expect(outcome(command, { pattern, argPattern })).toBe(expected);
});

test("a condition that is no text counts as none", () => {
  expect(outcome("tool status", { pattern: "tool", argPattern: 5 })).toBe("deny");
  expect(outcome("tool status", { pattern: "tool", argPattern: "" })).toBe("deny");
});

test("the condition is told", () => {
  const policy = policyOf(["*"], {}, { deny: [{ pattern: "tool", argPattern: "push .*", reason: "no" }] });
  const { sentence } = explain(scene.decide(scene.text("tool push x"), policy), "main");
  expect(sentence).toContain("`tool` with `'push .*'`");
});

test("an edit that denies only some arguments of what was denied widens", () => {
  const [all, some] = [[{ pattern: "tool" }], [{ pattern: "tool", argPattern: "x" }]].map((deny) =>
    policyOf([], {}, { deny }),
  );
  if (all === undefined || some === undefined) throw new Error("no policies");
  expect(isNarrowing(all, some)).toBe(false);
  expect(isNarrowing(some, all)).toBe(true);
});
