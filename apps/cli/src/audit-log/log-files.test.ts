import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchDir } from "../host/scratch.test.support.ts";
import { openLogFiles } from "./log-files.ts";
import { linesOf } from "./log-lines.ts";

function textsAt(path: string): string[] {
  const log = openLogFiles(path);
  const texts = log.files.flatMap(({ name, file }) =>
    [...linesOf(file)].map(({ text }) => `${name}: ${text}`),
  );
  log.close();
  return texts;
}

describe("openLogFiles", () => {
  it("opens what is there, the old file first", () => {
    const path = join(scratchDir(), "a.jsonl");
    expect(textsAt(path)).toEqual([]);
    writeFileSync(`${path}.1`, "old\n");
    expect(textsAt(path)).toEqual(["a.jsonl.1: old"]);
    writeFileSync(path, "new\n");
    expect(textsAt(path)).toEqual(["a.jsonl.1: old", "a.jsonl: new"]);
  });

  it("reads on in files that are moved away meanwhile", () => {
    const path = join(scratchDir(), "a.jsonl");
    writeFileSync(`${path}.1`, "one\n");
    writeFileSync(path, "two\n");
    const log = openLogFiles(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "three\n");
    const texts = log.files.flatMap(({ file }) => [...linesOf(file)].map(({ text }) => text));
    log.close();
    expect(texts).toEqual(["one", "two"]);
  });

  it.each([
    ["a link", (path: string) => symlinkSync("/etc/hostname", path), "symlink", "symbolic link"],
    ["a directory", (path: string) => mkdirSync(path), "not-a-file", "not a regular file"],
    ["a pipe", (path: string) => void execFileSync("mkfifo", [path]), "not-a-file", "not a regular file"],
  ])("refuses %s in the place of either file, without waiting", (_what, make, code, text) => {
    for (const name of ["a.jsonl", "a.jsonl.1"]) {
      const dir = scratchDir();
      writeFileSync(join(dir, "a.jsonl"), "x\n");
      const path = join(dir, name);
      if (name === "a.jsonl") renameSync(path, join(dir, "away"));
      make(path);
      expect(() => openLogFiles(join(dir, "a.jsonl"))).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(text) }),
      );
    }
  });

  it("refuses a file of somebody else, or one that may not be read", () => {
    const path = join(scratchDir(), "a.jsonl");
    writeFileSync(path, "x\n");
    // Root reads everything, and nobody else can give a file away.
    const root = process.getuid?.() === 0;
    if (root) chownSync(path, 12_345, 12_345);
    else chmodSync(path, 0);
    expect(() => openLogFiles(path)).toThrow(
      expect.objectContaining({
        code: root ? "foreign-owner" : "unreadable",
        message: expect.stringContaining(root ? "belongs to user id 12345" : "permission denied"),
      }),
    );
  });
});
