import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "rm", "python3"]) scene.program(`bin/${name}`);
  scene.link("rm", "bin/innocent");
  scene.program("work/x.py");
  scene.program("work/x.sh");
});
afterAll(() => {
  scene.remove();
});

describe("a deny entry wins over everything", () => {
  const cases: readonly (readonly [string, string | readonly string[]])[] = [
    ["rm", "rm x"],
    ["rm", "a && rm x"],
    ["rm", "a | nice rm x"],
    ["rm", ["/usr/bin/env", "rm"]],
    ["rm", ["./../bin/rm"]],
    ["rm", ["no/such/rm"]],
    ["**/bin/rm", "innocent"],
    ["innocent", "innocent"],
    ["dash", "a && a"],
    ["x.py", ["python3", "x.py"]],
    ["**/x.sh", ["sh", "x.sh"]],
    ["true", "a && true"],
    ["nice", "nice a"],
    ["rm", ["sudo", "-n", "rm", "x"]],
    ["rm", ["env", "A=1", "/bin/rm"]],
    ["rm", "a | xargs rm"],
  ];
  test.each(cases)("%s: %j", (pattern, command) => {
    for (const scope of [
      { security: "full", ask: "off" },
      { security: "allowlist", ask: "always" },
    ]) {
      const policy = policyOf(["*"], scope, { deny: [{ pattern, reason: "why" }] });
      const request = typeof command === "string" ? scene.text(command) : scene.request(command);
      const approved = scene.decide({ ...request, approved: true }, policy, { legacyApprovals: true });
      for (const decision of [scene.decide(request, policy), approved]) {
        expect(decision).toMatchObject({
          outcome: "deny",
          reason: "deny-entry",
          rule: { kind: "deny-entry", agent: "main", pattern, reason: "why" },
        });
      }
    }
  });

  test("other commands are untouched", () => {
    const policy = policyOf(["*"], {}, { deny: ["rm"] });
    expect(scene.decide(scene.text("a rm"), policy).outcome).toBe("allow");
  });
});

test("where programs cannot be seen, deny entries make it a question", () => {
  const deny = { deny: ["rm"] };
  for (const text of ["a $(rm x)", "sudo a x", "a > f"]) {
    const off = scene.decide(scene.text(text), policyOf([], { security: "full", ask: "off" }, deny));
    expect(off).toMatchObject({ outcome: "deny", reason: "deny-list-unproven" });
    const ask = scene.decide(scene.text(text), policyOf([], { security: "full", ask: "on-miss" }, deny));
    expect(ask).toMatchObject({ outcome: "ask", reason: "deny-list-unproven" });
    expect(scene.decide(scene.text(text), policyOf([], { security: "full", ask: "off" })).outcome).toBe(
      "allow",
    );
  }
});

test("screen recording is refused after everything else allowed", () => {
  const request = scene.request(["a"], { needsScreenRecording: true });
  expect(scene.decide(request, policyOf(["*"]))).toMatchObject({
    outcome: "deny",
    reason: "screen-recording",
  });
  expect(scene.decide(request, policyOf([]))).toMatchObject({ outcome: "ask" });
});

test("speaking of audit suppressions takes a person, except with full and off", () => {
  const request = scene.request(["a", "set", "security.audit.suppressions"]);
  expect(scene.decide(request, policyOf(["*"]))).toMatchObject({
    outcome: "ask",
    reason: "audit-suppressions",
  });
  expect(scene.decide(request, policyOf(["*"], { security: "full", ask: "off" })).outcome).toBe("allow");
  const reading = scene.request(["openclaw", "config", "get", "security.audit.suppressions"]);
  scene.program("bin/openclaw");
  expect(scene.decide(reading, policyOf(["*"])).outcome).toBe("allow");
});
