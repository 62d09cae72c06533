import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide, type DecideOptions } from "./decide.ts";
import { GATE_NAMES } from "./gate.ts";
import { loadPolicy } from "./policy/load.ts";
import type { RunRequest } from "./request.ts";
import { memoryFacts } from "./testing/memory-facts.test.support.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import { traceDecision, type DecisionTrace } from "./trace.ts";

const facts = memoryFacts({
  "/bin/a": "file",
  "/bin/b": "file",
  "/bin/git": "file",
  "/bin/python3": "file",
  "/bin/dash": "file",
  "/bin/sh": "link:/bin/dash",
  "/bin/sudo": "file",
  "/bin/nice": "file",
  "/bin/head": "file",
  "/work": "directory",
  "/link": "link:/work",
  "/deep": "directory",
  "/deep/link": "link:/work",
});

const patterns = fc.constantFrom("/bin/*", "/bin/a", "*", "git", "sudo", "/bin/dash");
const policies = fc.oneof(
  { arbitrary: fc.constant("{"), weight: 1 },
  {
    weight: 12,
    arbitrary: fc
      .record({
        security: fc.constantFrom("deny", "allowlist", "allowlist", "full"),
        ask: fc.constantFrom("always", "on-miss", "off"),
        askFallback: fc.constantFrom("deny", "full"),
        allowlist: fc.array(patterns, { maxLength: 3 }),
        deny: fc.array(patterns, { maxLength: 1 }),
      })
      .map((main) => JSON.stringify({ version: 1, agents: { main } })),
  },
);
const texts =
  "a x && b|a > f|python3 -c 1|sudo b|true|nice a && head -1|a security.audit.suppressions|cd /deep && a".split(
    "|",
  );
const commands: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc
    .constantFrom("a x", "sudo a", "nice b x", "no-such", "no-such x", "git -c x=y log", "python3 -c 1", "")
    .map((text) => text.split(" ")),
  fc.constantFrom(...texts).map((text) => ["sh", "-c", text]),
);
const requests: fc.Arbitrary<RunRequest> = fc.record(
  {
    argv: commands,
    env: fc.constant({}),
    cwd: fc.constantFrom("/work", "/deep/link", "/nowhere", "/bin/a"),
    rawCommand: fc.constantFrom("", "a x", "a x && b"),
    agentId: fc.constantFrom("main", "other"),
    approved: fc.boolean(),
    approvalSource: fc.constantFrom("ask-fallback", "auto-review", "x"),
    needsScreenRecording: fc.boolean(),
  },
  { requiredKeys: ["argv", "env", "approved", "needsScreenRecording"] },
);
const options: fc.Arbitrary<DecideOptions> = fc.record({
  legacyApprovals: fc.boolean(),
  strictInlineEval: fc.boolean(),
});

/** Where each reason belongs; of those that an approval may bring up, the ones that these requests can reach. */
const PLACES: Readonly<Record<string, string>> = {
  request: "malformed-request command-required",
  "raw-text": "raw-command-mismatch",
  "approval-claim":
    "plan-invalid approval-source-invalid approval-source-combined approval-needs-plan approval-source-needs-plan",
  "policy-file": "policy-malformed",
  security: "security-deny full",
  "deny-entries": "deny-entry",
  allowlist: "listed",
  ask: "ask-always not-listed not-analyzable deny-list-unproven",
  "inline-code": "inline-eval",
  "audit-suppressions": "audit-suppressions",
  approval: "approved cwd-missing cwd-not-directory cwd-not-canonical executable-unresolved",
  "working-directory": "cwd-missing cwd-not-directory cwd-not-canonical",
  executable: "executable-unresolved",
  "screen-recording": "screen-recording",
};

/** What has to hold between a decision and the gates that led to it. */
function checkTrace({ decision, gates }: DecisionTrace): void {
  expect(gates.map(({ name }) => name)).toEqual(GATE_NAMES);
  const deciders = gates.filter(({ decided }) => decided !== undefined);
  expect(deciders).toHaveLength(1);
  const [decider] = deciders;
  const { outcome, reason } = decision;
  const rule = decision.outcome === "invalid" ? {} : { rule: decision.rule };
  expect(decider?.decided).toEqual({ outcome, reason, ...rule });
  expect(PLACES[decider?.name ?? ""]?.split(" ")).toContain(reason);
  // A stale approval is what decides only where something else stands in the way.
  const byApproval = decision.outcome === "deny" && decision.rule.kind === "approval";
  expect(decider?.name === "approval").toBe(byApproval || reason === "approved");
  const failed = gates.filter(({ status }) => status === "failed");
  if (outcome !== "allow") {
    expect(failed.at(-1)).toBe(decider);
    const behind = gates.slice(gates.findIndex((gate) => gate === decider) + 1);
    expect(behind.every(({ status }) => status === "not-reached")).toBe(true);
  } else if (reason !== "approved") {
    expect(gates.every(({ status }) => status === "passed")).toBe(true);
  } else {
    expect(decider?.name).toBe("approval");
    expect(decider?.status).toBe("passed");
  }
  for (const { status, detail } of gates) {
    expect(detail === "").toBe(status === "not-reached");
    expect(detail).not.toMatch(/\p{Cc}/u);
  }
}

test("the trace of any request carries the very decision, and one gate that made it", () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(requests, policies, options, (request, text, more) => {
      const policy = loadPolicy(text);
      const trace = traceDecision(request, policy, facts, more);
      expect(trace.decision).toEqual(decide(request, policy, facts, more));
      checkTrace(trace);
      reasons.add(trace.decision.reason);
    }),
    // The seed keeps the list of reasons below from being a matter of luck.
    { numRuns: 4000, seed: 20 },
  );
  // The property means something only when many kinds of decision were seen.
  expect([...reasons]).toEqual(
    expect.arrayContaining(
      "command-required,raw-command-mismatch,approval-source-invalid,policy-malformed,security-deny,deny-entry,not-listed,not-analyzable,ask-always,inline-eval,audit-suppressions,approved,listed,full,cwd-missing,cwd-not-canonical,cwd-not-directory,executable-unresolved,screen-recording".split(
        ",",
      ),
    ),
  );
});

test("requests of any shape have a trace", () => {
  const junk = fc.record(
    {
      argv: fc.anything(),
      env: fc.anything(),
      approved: fc.anything(),
      cwd: fc.anything(),
      plan: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(junk, policies, (request, text) => {
      checkTrace(traceDecision(request as unknown as RunRequest, loadPolicy(text), facts));
    }),
    { numRuns: 500 },
  );
});

describe("what a person reads", () => {
  let scene: Scene;
  beforeAll(() => {
    scene = makeScene();
    for (const name of ["a", "b"]) scene.program(`bin/${name}`);
  });
  afterAll(() => {
    scene.remove();
  });
  const rows = (request: RunRequest, policy = policyOf([])): readonly string[] =>
    traceDecision(request, policy, scene.facts).gates.map(({ name, status, detail }) =>
      `${name} ${status} ${detail}`.replaceAll(scene.root, "").trim(),
    );

  test("a miss goes on to `ask`, which decides", () => {
    expect(rows(scene.text("a && b"), policyOf(["a"], {}, { deny: ["x"] }))).toEqual([
      "request passed it can be read",
      "raw-text passed the text and the arguments say the same",
      "approval-claim passed the request carries no approval",
      "policy-file passed it can be read",
      "security passed `security` is `allowlist` in `defaults`",
      "deny-entries passed the one there is does not fit",
      "understood passed text for `sh` with 2 parts",
      "allowlist failed 1 of 2 parts is not covered",
      "unseen-programs passed every program that is started can be seen",
      "ask failed `ask` is `on-miss` in `defaults`, so an operator is asked",
      "inline-code not-reached",
      "audit-suppressions not-reached",
      "approval not-reached",
      "working-directory not-reached",
      "executable not-reached",
      "screen-recording not-reached",
    ]);
  });

  test("a listed command passes them all", () => {
    expect(rows(scene.request(["a"]), policyOf(["a"]))).toEqual(
      expect.arrayContaining([
        "raw-text passed no text beside the arguments",
        "understood passed one command: `a`",
        "allowlist passed the command is covered",
        "ask passed `ask` is `on-miss` in `defaults`, and nothing has to be asked",
        "approval passed none is needed",
        "working-directory passed `/work`",
        "executable passed `/bin/a`; 2 files and directories are looked at again before the start",
      ]),
    );
  });

  test("an approval lifts what stood in the way", () => {
    const request = scene.request(["a"], { approved: true });
    const { gates } = traceDecision(request, policyOf([]), scene.facts, { legacyApprovals: true });
    expect(gates.filter(({ status }) => status === "failed").map(({ name }) => name)).toEqual([
      "allowlist",
      "ask",
    ]);
    expect(gates.find(({ decided }) => decided !== undefined)).toMatchObject({
      name: "approval",
      status: "passed",
      decided: { outcome: "allow", reason: "approved", rule: { kind: "approval", decision: "legacy" } },
    });
  });
});
