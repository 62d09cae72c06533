import { execFileSync } from "node:child_process";
import {
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
import { describe, expect, it, onTestFinished } from "vitest";
import { aDecision, commandsOf, fileLines, openAudited, verified } from "./audit.test.support.ts";
import { AUDIT_LIMITS, openAuditFile } from "./audit.ts";
import { scratchDir } from "./scratch.test.support.ts";

describe("openAuditFile", () => {
  it("writes one JSON line for each record, at once, for the owner only", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const audit = openAudited(path, () => 0);
    audit.record(aDecision(["a\nb"]));
    expect(fileLines(path).map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        at: "1970-01-01T00:00:00.000Z",
        kind: "decision",
        command: String.raw`$'a\nb'`,
        reason: "not-listed",
        n: 1,
        first: true,
        prev: "",
      }),
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("goes on behind what is there, and closes it to others", () => {
    const path = join(scratchDir(), "audit.jsonl");
    const first = openAuditFile(path);
    first.record(aDecision(["one"]));
    first.close();
    chmodSync(path, 0o644);
    openAudited(path).record(aDecision(["two"]));
    expect(commandsOf(path)).toEqual(["one", "two"]);
    expect(verified(path)).toMatchObject({ intact: true, lines: 2, older: false });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("writes on when the old file cannot be put away", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = openAudited(path, () => now);
    mkdirSync(join(`${path}.1`, "x"), { recursive: true });
    truncateSync(path, AUDIT_LIMITS.rotateBytes);
    now += AUDIT_LIMITS.syncEveryMs;
    audit.record(aDecision(["one"]));
    audit.record(aDecision(["two"]));
    expect(readFileSync(path, "utf8")).toContain('"two"');
  });

  it("does not go on writing into a file that was removed", () => {
    const path = join(scratchDir(), "audit.jsonl");
    let now = 0;
    const audit = openAudited(path, () => now);
    rmSync(path);
    now += AUDIT_LIMITS.syncEveryMs;
    audit.record(aDecision(["lost with the file"]));
    audit.record(aDecision(["kept"]));
    expect(commandsOf(path)).toEqual(["kept"]);
    expect(verified(path)).toMatchObject({ intact: true, older: true });
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
    expect(() => audit.record(aDecision(["late"]))).toThrow(/could not write the audit file/u);
  });
});
