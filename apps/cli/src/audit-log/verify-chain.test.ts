import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditLine } from "../host/audit-line.ts";
import { aDecision, fileLines } from "../host/audit.test.support.ts";
import { openAuditFile } from "../host/audit.ts";
import type { LogLine } from "./log-lines.ts";
import { verifyChain, type ChainReport } from "./verify-chain.ts";

/** Real lines, written by the host's own writer. */
function chain(commands: readonly string[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), "openclaw-chain-"));
  try {
    const path = join(dir, "audit.jsonl");
    const audit = openAuditFile(path);
    for (const command of commands) audit.record(aDecision([command], { cwd: command }));
    audit.close();
    return fileLines(path);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const numbered = (lines: readonly string[]): LogLine[] =>
  lines.map((text, index) => ({ number: index + 1, text, ended: true, next: 0 }));
const check = (...files: readonly (readonly string[])[]): ChainReport =>
  verifyChain(files.map((lines, index) => ({ name: `file-${index}`, lines: numbered(lines) })));

const commands = fc.array(fc.string({ unit: "binary", maxLength: 20 }), { minLength: 3, maxLength: 8 });
const chains = commands.map(chain);
const RUNS = { numRuns: 60 } as const;

describe("verifyChain", () => {
  it("says that a chain is intact, in one file or in two", () => {
    fc.assert(
      fc.property(chains, fc.nat(), (lines, cut) => {
        expect(check(lines)).toMatchObject({ intact: true, lines: lines.length, older: false });
        const at = cut % (lines.length + 1);
        expect(check(lines.slice(0, at), lines.slice(at))).toMatchObject({ intact: true });
      }),
      RUNS,
    );
  });

  it("finds any character that was changed, put in or taken out, in any line, and names the line", () => {
    fc.assert(
      fc.property(
        chains,
        fc.nat(),
        fc.nat(),
        fc.constantFrom("x", "", "0", " ", "é"),
        (lines, which, where, by) => {
          const line = lines[which % lines.length] ?? "";
          const at = where % line.length;
          const changed = line.slice(0, at) + by + line.slice(at + 1);
          fc.pre(changed !== line);
          const report = check(lines.with(which % lines.length, changed));
          expect(report.intact).toBe(false);
          expect(report.breaks[0]?.line).toBe((which % lines.length) + 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds any line that was taken out, but for those at the very end", () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.integer({ min: 1, max: 3 }), (lines, which, count) => {
        const at = which % (lines.length - 1);
        const taken = Math.min(count, lines.length - 1 - at);
        expect(check(lines.toSpliced(at, taken))).toMatchObject({
          intact: false,
          breaks: [{ line: at + 1, what: "removed" }],
        });
        // Also where one file ends and the next begins.
        expect(check(lines.slice(0, at), lines.slice(at + taken)).intact).toBe(false);
      }),
      RUNS,
    );
    expect(check(chain(["a", "b", "c"]).slice(0, 2)).intact).toBe(true);
  });

  it("finds any line that was put in: a copy, one of another chain, or anything else", () => {
    const odd = fc.oneof(fc.constant(""), fc.json(), fc.string(), fc.constant('{"at":"x"}'));
    fc.assert(
      fc.property(chains, chains, odd, fc.nat(), fc.nat(), (lines, others, text, from, to) => {
        const at = to % (lines.length + 1);
        const copy = lines[from % lines.length] ?? "";
        const foreign = others[from % others.length] ?? "";
        for (const added of [copy, foreign, text.replaceAll("\n", "")])
          expect(check(lines.toSpliced(at, 0, added)).intact).toBe(false);
      }),
      RUNS,
    );
  });

  it("finds any other order", () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.nat(), (lines, one, two) => {
        const [a, b] = [one % lines.length, two % lines.length];
        fc.pre(a !== b);
        const swapped = lines.with(a, lines[b] ?? "").with(b, lines[a] ?? "");
        expect(check(swapped).intact).toBe(false);
      }),
      RUNS,
    );
  });

  it("finds a line that was written anew with a hash of its own, by the line behind it", () => {
    const lines = chain(["a", "b", "c"]);
    const { prev } = JSON.parse(lines[1] ?? "") as { prev: string };
    const { text } = auditLine(aDecision(["forged"]), { at: 0, n: 2, first: false, prev }, (word) => word);
    expect(check(lines.with(1, text)).breaks).toEqual([
      {
        file: "file-0",
        line: 2,
        what: "changed",
        why: "the line behind it knows it with another hash",
      },
    ]);
  });

  it("tells what is not JSON, and counts what it does not list", () => {
    const lines = chain(["a", "b", "c"]);
    expect(check(lines.toSpliced(1, 0, "hello")).breaks).toMatchObject([{ line: 2, what: "not-json" }]);
    expect(check(["hello"]).breaks).toMatchObject([{ line: 1, what: "not-json" }]);
    const many = chain(Array.from({ length: 60 }, () => "x")).map((line) =>
      line.replace("not-listed", "listed"),
    );
    const report = check(many);
    expect(report.breakCount).toBe(60);
    expect(report.breaks).toHaveLength(20);
  });

  it("has nothing against nothing", () => {
    expect(check()).toMatchObject({ intact: true, lines: 0 });
    expect(check([], [])).toMatchObject({ intact: true, lines: 0 });
  });
});
