import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareRun } from "./approval/prepare.ts";
import { decide } from "./decide.ts";
import { explain } from "./explain.ts";
import type { Facts } from "./facts.ts";
import { loadPolicy } from "./policy/load.ts";
import { quoteArgv } from "./quote.ts";
import { wireRefusal } from "./refusal.ts";
import type { RunRequest } from "./request.ts";
import { isShellCommand } from "./shell/invocation.ts";
import { memoryFacts } from "./testing/memory-facts.test.support.ts";

const facts = memoryFacts({
  "/bin/a": "file",
  "/bin/b": "file",
  "/bin/dash": "file",
  "/bin/sh": "link:/bin/dash",
  "/bin/sudo": "file",
  "/bin/nice": "file",
  "/bin/link": "link:/bin/a",
  "/work": "directory",
  "/work/x.sh": "file",
});

interface PolicyDraft {
  readonly security: string;
  readonly ask: string;
  readonly allowlist: readonly unknown[];
  readonly deny: readonly unknown[];
}
const SECURITY = ["deny", "allowlist", "full"];
const ASK = ["always", "on-miss", "off"];
const patterns = fc.constantFrom("/bin/*", "/bin/a", "a", "*", "**/b", "link", "/work/**", "sudo", "dash");
const entries = fc.oneof(
  patterns,
  fc.record({ pattern: patterns, argPattern: fc.constantFrom("^x\0$", "x") }),
);
const drafts: fc.Arbitrary<PolicyDraft> = fc.record({
  security: fc.constantFrom(...SECURITY),
  ask: fc.constantFrom(...ASK),
  allowlist: fc.array(entries, { maxLength: 3 }),
  deny: fc.array(entries, { maxLength: 1 }),
});
const texts = "a x && b,a | sudo b,b > f,true,nice a,a security.audit.suppressions".split(",");
const commands: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc
    .constantFrom(..."a x,/bin/link,sudo a,nice b x,x.sh,./x.sh,no-such".split(","))
    .map((text) => text.split(" ")),
  fc.constantFrom(...texts).map((text) => ["sh", "-c", text]),
);
const requests: fc.Arbitrary<RunRequest> = fc.record({
  argv: commands,
  env: fc.constant({}),
  agentId: fc.constantFrom("main", undefined),
  approved: fc.boolean(),
  needsScreenRecording: fc.constant(false),
});

function allows(request: RunRequest, draft: PolicyDraft): boolean {
  const { security, ask, allowlist, deny } = draft;
  const policy = loadPolicy(
    JSON.stringify({ version: 1, agents: { main: { security, ask, allowlist, deny } } }),
  );
  return decide(request, policy, facts, { legacyApprovals: true }).outcome === "allow";
}

describe("a stricter policy never allows more", () => {
  test("security and ask", () => {
    fc.assert(
      fc.property(
        requests,
        drafts,
        fc.constantFrom(...SECURITY),
        fc.constantFrom(...ASK),
        (request, draft, security, ask) => {
          const stricter = {
            ...draft,
            security: SECURITY[Math.min(SECURITY.indexOf(security), SECURITY.indexOf(draft.security))] ?? "",
            ask: ASK[Math.min(ASK.indexOf(ask), ASK.indexOf(draft.ask))] ?? "",
          };
          expect(allows(request, draft) || !allows(request, stricter)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("fewer entries, and more deny entries", () => {
    fc.assert(
      fc.property(requests, drafts, entries, fc.nat(), (request, draft, pattern, index) => {
        const fewer = { ...draft, allowlist: draft.allowlist.filter((_entry, at) => at !== index % 3) };
        const denied = { ...draft, deny: [...draft.deny, pattern] };
        expect(allows(request, draft) || !allows(request, fewer)).toBe(true);
        expect(allows(request, draft) || !allows(request, denied)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("every input has an answer", () => {
  const words = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("sh", "-c", "a", "nice")), {
    maxLength: 5,
  });
  const policies = fc.oneof(
    fc.json(),
    drafts.map(({ deny, allowlist }) =>
      JSON.stringify({ version: 1, agents: { main: { deny, allowlist } } }),
    ),
  );
  const throwing: Facts = {
    ...facts,
    stat: () => {
      throw new Error("no");
    },
    realpath: () => {
      throw new Error("no");
    },
  };

  const answer = (request: RunRequest, text: string, seen: Facts): void => {
    const policy = loadPolicy(text);
    const decision = decide(request, policy, seen);
    expect(explain(decision, "main").sentence).not.toMatch(/\p{Cc}/u);
    const message = decision.outcome === "allow" ? "run" : wireRefusal(decision).message;
    expect(message).not.toBe("");
    const prepared = prepareRun(request, policy, seen);
    expect(prepared.ok ? "plan" : prepared.message).not.toBe("");
  };

  test("requests of any shape", () => {
    const request = fc.record(
      {
        argv: fc.oneof(words, fc.anything()),
        rawCommand: fc.anything(),
        cwd: fc.anything(),
        env: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
        agentId: fc.anything(),
        sessionKey: fc.anything(),
        approved: fc.oneof(fc.boolean(), fc.anything()),
        approvalDecision: fc.anything(),
        approvalSource: fc.anything(),
        plan: fc.anything(),
        needsScreenRecording: fc.oneof(fc.boolean(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(request, policies, fc.boolean(), (junk, text, broken) => {
        answer(junk as RunRequest, text, broken ? throwing : facts);
      }),
      { numRuns: 1000 },
    );
  });

  test("well-formed requests with any words", () => {
    fc.assert(
      fc.property(words, policies, (argv, text) => {
        answer({ argv, env: {}, approved: false, needsScreenRecording: false }, text, facts);
        quoteArgv(argv);
        isShellCommand(argv, "posix");
        isShellCommand(argv, "win32");
      }),
      { numRuns: 1000 },
    );
  });

  test("on Windows as well", () => {
    const windows: Facts = {
      ...facts,
      pathStyle: "win32",
      pathEnv: "C:\\bin",
      home: "C:\\me",
      hostCwd: "C:\\w",
    };
    fc.assert(
      fc.property(words, policies, (argv, text) => {
        answer({ argv, env: {}, approved: false, needsScreenRecording: false }, text, windows);
      }),
    );
  });
});
