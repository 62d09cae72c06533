import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_LINE_LIMITS, auditLine, hashOfLine, sealOf } from "./audit-line.ts";
import { aDecision } from "./audit.test.support.ts";
import { redactor } from "./redact.ts";

const PLACE = { at: 0, n: 7, first: false, prev: "p" };
const plain = (text: string): string => text;

describe("auditLine", () => {
  it("holds what was asked, who asked and where it stands", () => {
    const { text, hash } = auditLine(aDecision(["git", "log"]), PLACE, plain);
    expect(JSON.parse(text)).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      kind: "decision",
      runId: "r-1",
      sessionKey: "s",
      command: "git log",
      outcome: "deny",
      reason: "not-listed",
      rule: { kind: "request" },
      n: 7,
      prev: "p",
      hash,
    });
    expect(sealOf(text)).toEqual({ hash, holds: true });
    expect(hashOfLine(text)).toBe(hash);
  });

  it("takes secrets out, known ones and those that the command names, also when quotes change how they are spelled", () => {
    const known = redactor(new Set(["it's-known-1", 'back\\slash-"2"']));
    const argv = ["tool", "a it's-known-1 b", 'x\nback\\slash-"2"', "--password", "unknown-3"];
    const { text } = auditLine(aDecision(argv, { sessionKey: "s it's-known-1" }), PLACE, known);
    expect(text).not.toMatch(/known-1|slash|unknown-3/u);
    expect(JSON.parse(text)).toMatchObject({
      command: "tool 'a [redacted] b' $'x\\n[redacted]' --password '[redacted]'",
      sessionKey: "s [redacted]",
    });
  });

  it("holds nothing that acts on a terminal, and is one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const record = aDecision([`\u009b2J\u202e${value}`], { cwd: value, rule: { pattern: value } });
        const { text } = auditLine(record, PLACE, plain);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(text)).toMatchObject({ cwd: value, rule: { pattern: value } });
        expect(sealOf(text)?.holds).toBe(true);
      }),
    );
  });

  it("has a bound, however long everything is, and still tells long texts apart", () => {
    const long = (end: string): string => "\u202e".repeat(400_000) + end;
    const lines = ["a", "b"].map((end) => {
      const rule = { kind: "entry", pattern: long(end), argPattern: long(end), agent: long(end) };
      const many = { sessionKey: long(end), runId: long(end), cwd: long(end), agentId: long(end), rule };
      return auditLine(aDecision(["x", long(end)], { ...many, invokeId: long(end) }), PLACE, plain).text;
    });
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(AUDIT_LINE_LIMITS.lineBytes / 2);
    const [one, two] = lines.map((line) => (JSON.parse(line) as { command: string }).command);
    expect(one).toMatch(/… \(\d+ characters, sha256 [0-9a-f]{64}\)$/u);
    expect(one).not.toBe(two);
    const changes = Array.from({ length: 1000 }, () => long(""));
    const edit = { kind: "policy-edit", by: "gateway", outcome: "accepted", changes } as const;
    const { text } = auditLine(edit, PLACE, plain);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(AUDIT_LINE_LIMITS.lineBytes);
  });

  it("does not hold any more when any of it is changed", () => {
    const { text } = auditLine(aDecision(["git", "log"]), PLACE, plain);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        fc.boolean(),
        (at, by, insert) => {
          const changed = text.slice(0, at) + by + text.slice(insert ? at : at + 1);
          expect(changed === text || sealOf(changed)?.holds !== true).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
