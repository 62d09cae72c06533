import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AUDIT_WARN_MS, openAudit, TolerantAudit } from "./audit-failure.ts";
import { aDecision, commandsOf } from "./audit.test.support.ts";
import { openAuditFile, type AuditSink } from "./audit.ts";
import { linesLog, scratchDir } from "./scratch.test.support.ts";

const keep = (text: string): string => text;

describe("openAudit", () => {
  it.each([undefined, "refuse"] as const)("refuses a file that cannot be used: %s", (failure) => {
    const path = join(scratchDir(), "audit.jsonl");
    symlinkSync("/dev/full", path);
    expect(() => openAudit(path, keep, failure, linesLog([]))).toThrow(/symbolic link/u);
  });

  it("goes on without it where the owner says so, writes nothing through a link, and says so", () => {
    const log: string[] = [];
    const path = join(scratchDir(), "audit.jsonl");
    symlinkSync("/dev/full", path);
    const audit = openAudit(path, keep, "warn", linesLog(log));
    audit.record(aDecision(["one"]));
    audit.close();
    expect(log).toEqual([
      `warn: a line of the audit was not written, and runs go on (auditFailure is "warn"): could not open the audit file \`${path}\`: it is a symbolic link, which is not followed; move the link away`,
    ]);
  });
});

describe("TolerantAudit", () => {
  it("says it once a minute with a count, not once a line", () => {
    const log: string[] = [];
    let now = 0;
    const broken: AuditSink = {
      record: () => {
        throw new Error("the disk is full");
      },
      close: () => undefined,
    };
    const audit = new TolerantAudit(
      () => broken,
      linesLog(log),
      () => now,
    );
    for (let index = 0; index < 1000; index += 1) audit.record(aDecision(["x"]));
    expect(log).toEqual([expect.stringMatching(/a line of the audit was not written.*the disk is full$/u)]);
    now += AUDIT_WARN_MS;
    audit.record(aDecision(["x"]));
    expect(log[1]).toMatch(/^warn: 1000 lines of the audit were not written/u);
    audit.record(aDecision(["x"]));
    audit.close();
    expect(log).toHaveLength(3);
  });

  it("takes a file up again that could not be opened, and keeps its chain", () => {
    const path = join(scratchDir(), "audit.jsonl");
    mkdirSync(path);
    let now = 0;
    const audit = new TolerantAudit(
      () => openAuditFile(path),
      linesLog([]),
      () => now,
    );
    audit.record(aDecision(["lost"]));
    rmSync(path, { recursive: true });
    audit.record(aDecision(["lost too"]));
    now += AUDIT_WARN_MS;
    audit.record(aDecision(["kept"]));
    audit.close();
    expect(commandsOf(path)).toEqual(["kept"]);
  });
});
