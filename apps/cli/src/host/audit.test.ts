import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { AUDIT_LIMITS, hashOfLine, openAuditFile, type AuditRecord, type AuditSink } from "./audit.ts";
import { scratchDir } from "./scratch.test.support.ts";

function decision(command: string, more: object = {}): AuditRecord {
  return {
    kind: "decision",
    runId: "r-1",
    agentId: undefined,
    sessionKey: "s",
    command,
    cwd: undefined,
    outcome: "deny",
    reason: "not-listed",
    rule: { kind: "request" },
    ...more,
  };
}

function open(path: string, now?: () => number): AuditSink {
  const audit = openAuditFile(path, now === undefined ? {} : { now });
  onTestFinished(() => audit.close());
  return audit;
}

const linesOf = (path: string): string[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Does every line name the one before it? */
function isChained(lines: readonly string[], before = ""): boolean {
  let previous = before;
  for (const line of lines) {
    if ((JSON.parse(line) as { prev: string }).prev !== previous) return false;
    previous = hashOfLine(line);
  }
  return true;
}

describe("openAuditFile", () => {
  it("writes one JSON line for each record, at once, for the owner only", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const audit = open(path, () => 0);
    audit.record(decision("a\nb"));
    expect(linesOf(path).map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        at: "1970-01-01T00:00:00.000Z",
        kind: "decision",
        command: "a\nb",
        reason: "not-listed",
      }),
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("goes on behind what is there, and closes it to others", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const first = openAuditFile(path);
    first.record(decision("one"));
    first.close();
    chmodSync(path, 0o644);
    open(path).record(decision("two"));
    expect(linesOf(path)).toHaveLength(2);
    expect(isChained(linesOf(path))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("shows a line that was changed, taken out or put in", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const audit = open(path);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 3, maxLength: 6 }),
        (commands) => {
          truncateSync(path);
          const before = JSON.stringify(linesOf(path));
          expect(before).toBe("[]");
          for (const command of commands) audit.record(decision(command));
          const lines = linesOf(path);
          const start = (JSON.parse(lines[0] ?? "") as { prev: string }).prev;
          expect(isChained(lines, start)).toBe(true);
          expect(isChained(lines.toSpliced(1, 1), start)).toBe(false);
          expect(isChained(lines.toSpliced(1, 0, lines[0] ?? ""), start)).toBe(false);
          expect(isChained(lines.with(1, (lines[1] ?? "").replace("deny", "allow")), start)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("begins a new line behind one that was cut off", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const first = openAuditFile(path);
    first.record(decision("one"));
    first.close();
    appendFileSync(path, '{"at":"half a li');
    const second = openAuditFile(path);
    second.record(decision("two"));
    second.record(decision("three"));
    second.close();
    const [one = "", half, ...rest] = linesOf(path);
    expect(half).toBe('{"at":"half a li');
    expect(isChained([one, ...rest])).toBe(true);
  });

  it("holds nothing that acts on a terminal, and loses nothing", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const audit = open(path);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        audit.record(decision(`\u009b2J\u202e${text}`));
        const line = linesOf(path).at(-1) ?? "";
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect((JSON.parse(line) as { command: string }).command).toBe(`\u009b2J\u202e${text}`);
      }),
      { numRuns: 50 },
    );
  });

  it("cuts long texts, and still tells them apart", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const audit = open(path);
    for (const end of ["a", "b"])
      audit.record(decision("x".repeat(1_000_000) + end, { runId: "i".repeat(9000) }));
    const [one = "", two = ""] = linesOf(path);
    expect(one.length).toBeLessThan(3 * AUDIT_LIMITS.textChars);
    expect(JSON.parse(one).command).toMatch(/^x+… \(1000001 characters, sha256 [0-9a-f]{64}\)$/u);
    expect(JSON.parse(one).command).not.toBe(JSON.parse(two).command);
  });

  it("begins a new file when this one is full, and keeps one old one", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = open(path, () => now);
    audit.record(decision("old"));
    truncateSync(path, AUDIT_LIMITS.rotateBytes);
    audit.record(decision("same second"));
    expect(existsSync(`${path}.1`)).toBe(false);
    now += AUDIT_LIMITS.syncEveryMs;
    audit.record(decision("last of the old file"));
    audit.record(decision("first of the new"));
    expect(statSync(`${path}.1`).size).toBeGreaterThan(AUDIT_LIMITS.rotateBytes);
    const [line = ""] = linesOf(path);
    expect(JSON.parse(line)).toMatchObject({ command: "first of the new" });
    const last = readFileSync(`${path}.1`, "utf8").trimEnd().split("\n").at(-1) ?? "";
    expect(isChained([line], hashOfLine(last))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("writes on when the old file cannot be put away", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = open(path, () => now);
    mkdirSync(join(`${path}.1`, "x"), { recursive: true });
    truncateSync(path, AUDIT_LIMITS.rotateBytes);
    now += AUDIT_LIMITS.syncEveryMs;
    audit.record(decision("one"));
    audit.record(decision("two"));
    expect(readFileSync(path, "utf8")).toContain('"two"');
  });

  it("does not go on writing into a file that was removed", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = open(path, () => now);
    rmSync(path);
    now += AUDIT_LIMITS.syncEveryMs;
    audit.record(decision("lost with the file"));
    audit.record(decision("kept"));
    expect(linesOf(path)).toHaveLength(1);
  });

  it.each([
    ["a link", (path: string) => symlinkSync(join(path, "..", "target"), path), "symlink", "symbolic link"],
    ["a directory", (path: string) => mkdirSync(path), "not-a-file", "it is a directory"],
    ["a pipe", (path: string) => void execFileSync("mkfifo", [path]), "not-a-file", "not a regular file"],
  ])("refuses %s in its place without waiting", (_what, make, code, text) => {
    const path = join(scratchDir(), "audit.jsonl");
    make(path);
    const before = lstatSync(path).mode;
    expect(() => openAuditFile(path)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    );
    expect(lstatSync(path).mode).toBe(before);
    expect(existsSync(join(path, "..", "target"))).toBe(false);
  });

  it("names the path and the cause when it cannot be made", () => {
    const path = join(scratchDir(), "missing", "audit.jsonl");
    expect(() => openAuditFile(path)).toThrow(
      `could not open the audit file \`${path}\`: ENOENT; check the disk and the path`,
    );
  });

  it("throws for a line that was not written, and can be closed twice", () => {
    const path = join(scratchDir(), "audit.jsonl");
    writeFileSync(path, "");
    const audit = openAuditFile(path);
    audit.close();
    audit.close();
    expect(() => audit.record(decision("late"))).toThrow(/could not write the audit file/u);
  });
});
