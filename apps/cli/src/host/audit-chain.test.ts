import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOfLine } from "./audit-line.ts";
import { aDecision, commandsOf, fileLines, openAudited, verified } from "./audit.test.support.ts";
import { AUDIT_LIMITS, openAuditFile } from "./audit.ts";
import { scratchDir } from "./scratch.test.support.ts";

const lineOf = (path: string, at: number): { prev: string; n: number; first?: true; torn?: string } =>
  JSON.parse(fileLines(path).at(at) ?? "") as { prev: string; n: number };

/** Writes a file of two lines, moves it away as a full one, and opens a new one with nothing in it. */
function rotated(path: string): void {
  const audit = openAuditFile(path);
  audit.record(aDecision(["one"]));
  audit.record(aDecision(["two"]));
  audit.close();
  writeFileSync(`${path}.1`, readFileSync(path), { mode: 0o600 });
  truncateSync(path);
}

describe("the chain of the audit", () => {
  it("begins a new file when this one is full, keeps one old one, and goes on over both", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = openAudited(path, () => now);
    const fill = (): void => {
      const size = (): number => statSync(path).size;
      while (size() < AUDIT_LIMITS.rotateBytes)
        for (let index = 0; index < 200; index += 1) audit.record(aDecision(["x".repeat(2000)]));
    };
    for (const round of ["1", "2"]) {
      fill();
      expect(existsSync(`${path}.1`)).toBe(round === "2");
      now += AUDIT_LIMITS.syncEveryMs;
      audit.record(aDecision([`last of file ${round}`]));
      audit.record(aDecision([`first behind file ${round}`]));
      expect(commandsOf(path)).toEqual([`'first behind file ${round}'`]);
      expect(lineOf(path, 0)).toMatchObject({
        first: true,
        prev: hashOfLine(fileLines(`${path}.1`).at(-1) ?? ""),
        n: lineOf(`${path}.1`, -1).n + 1,
      });
      expect(verified(path)).toMatchObject({ intact: true, older: round === "2" });
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["empty", (path: string) => truncateSync(path)],
    ["absent", () => undefined],
  ])("goes on after a restart when the new file is %s", (_what, prepare) => {
    const path = join(scratchDir(), "audit.jsonl");
    rotated(path);
    prepare(path);
    openAudited(path).record(aDecision(["three"]));
    expect(lineOf(path, 0)).toMatchObject({
      prev: hashOfLine(fileLines(`${path}.1`)[1] ?? ""),
      n: 3,
      first: true,
    });
    expect(verified(path)).toMatchObject({ intact: true, lines: 3, older: false });
  });

  it("does not follow a link in the place of the old file", () => {
    const dir = scratchDir();
    const path = join(dir, "audit.jsonl");
    rotated(join(dir, "other"));
    symlinkSync(join(dir, "other.1"), `${path}.1`);
    openAudited(path).record(aDecision(["one"]));
    expect(lineOf(path, 0)).toMatchObject({ prev: "", n: 1 });
  });

  it("begins a new line behind one that was cut off, and says what was there", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const first = openAuditFile(path);
    first.record(aDecision(["one"]));
    first.close();
    appendFileSync(path, '{"at":"half a li');
    expect(verified(path)).toMatchObject({ intact: false, breaks: [{ line: 2, what: "torn" }] });
    const second = openAuditFile(path);
    second.record(aDecision(["two"]));
    second.record(aDecision(["three"]));
    second.close();
    expect(fileLines(path)[1]).toBe('{"at":"half a li');
    expect(verified(path)).toMatchObject({ intact: true, lines: 4, cutShort: 1 });
    // What was cut short can be neither changed nor taken out later.
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("half a li", "half a lie"));
    expect(verified(path)).toMatchObject({ intact: false, breaks: [{ line: 2, what: "torn" }] });
    writeFileSync(path, text.replace('{"at":"half a li\n', ""));
    expect(verified(path)).toMatchObject({ intact: false, breaks: [{ line: 2, what: "removed" }] });
  });

  it("goes on behind whatever a crash left, wherever it struck", () => {
    const path = join(scratchDir(), "audit.jsonl");
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 4 }), (cuts) => {
        writeFileSync(path, "");
        for (const [index, cut] of cuts.entries()) {
          const audit = openAuditFile(path);
          audit.record(aDecision([`whole ${index}`]));
          audit.record(aDecision([`cut ${index}`]));
          audit.close();
          const lines = fileLines(path);
          const last = Buffer.byteLength(lines.at(-1) ?? "") + 1;
          truncateSync(path, statSync(path).size - Math.min(cut, last));
        }
        const audit = openAuditFile(path);
        audit.record(aDecision(["end"]));
        audit.close();
        expect(verified(path)).toMatchObject({ intact: true, breaks: [] });
      }),
      { numRuns: 60 },
    );
  });

  it("keeps a whole line that lost only its end", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const first = openAuditFile(path);
    first.record(aDecision(["one"]));
    first.record(aDecision(["two"]));
    first.close();
    truncateSync(path, statSync(path).size - 1);
    expect(verified(path)).toMatchObject({ intact: true, lines: 2 });
    openAudited(path).record(aDecision(["three"]));
    expect(commandsOf(path)).toEqual(["one", "two", "three"]);
    expect(verified(path)).toMatchObject({ intact: true, lines: 3, cutShort: 0 });
  });
});
