import { chmodSync, chownSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { ensurePrivateDir, findForeignState, prepareStateDir } from "./private-directory.ts";
import { asRoot, tempDirs, withUmask } from "./temp-dir.test.support.ts";

const freshDir = tempDirs();
let dir = "";
let file = "";
beforeEach(() => {
  dir = freshDir();
  file = join(dir, "node.json");
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

function prepare(stateDir: string): void {
  prepareStateDir({ stateDir, controlSocket: join(stateDir, "node.sock"), platform: "linux" });
}

describe("the state directory", () => {
  test.each([0o777, 0o022, 0])("is made or tightened to 0700, under umask %o", async (mask) => {
    const fresh = join(dir, "a", "b");
    await withUmask(mask, () => {
      prepare(fresh);
    });
    expect([modeOf(join(dir, "a")), modeOf(fresh)]).toEqual(["700", "700"]);
    chmodSync(fresh, 0o775);
    prepare(fresh);
    expect(modeOf(fresh)).toBe("700");
  });

  test("comes with the directory of a socket that lies elsewhere", () => {
    const controlSocket = join(dir, "run", "node.sock");
    prepareStateDir({ stateDir: join(dir, "s"), controlSocket, platform: "linux" });
    expect(modeOf(join(dir, "run"))).toBe("700");
  });

  test("links, files and world-writable directories are refused", () => {
    const link = join(dir, "link");
    symlinkSync(dir, link);
    expect(() => prepare(link)).toThrow(expect.objectContaining({ code: "symlink" }));
    const dangling = join(dir, "dangling");
    symlinkSync(join(dir, "nothing"), dangling);
    expect(() => prepare(dangling)).toThrow(expect.objectContaining({ code: "symlink" }));
    expect(lstatSync(dangling).isSymbolicLink()).toBe(true);
    writeFileSync(file, "");
    expect(() => prepare(file)).toThrow(expect.objectContaining({ code: "not-a-directory" }));
    expect(() => ensurePrivateDir(join(file, "x"))).toThrow(
      expect.objectContaining({ code: "write-failed" }),
    );
    const open = join(dir, "open");
    mkdirSync(open);
    chmodSync(open, 0o1777);
    expect(() => prepare(open)).toThrow(expect.objectContaining({ code: "writable-by-others" }));
    expect(modeOf(open)).toBe("1777");
  });

  test.runIf(asRoot)("somebody else's directory is refused and left as it is", () => {
    chownSync(dir, 4_242, 0);
    chmodSync(dir, 0o755);
    expect(() => prepare(dir)).toThrow(expect.objectContaining({ code: "foreign-owner" }));
    expect(modeOf(dir)).toBe("755");
  });

  test("an official database beside it is found", () => {
    const sqliteFile = join(dir, "state", "openclaw.sqlite");
    expect(findForeignState({ sqliteFile })).toBeUndefined();
    mkdirSync(join(dir, "state"));
    expect(findForeignState({ sqliteFile })).toBeUndefined();
    writeFileSync(sqliteFile, "");
    expect(findForeignState({ sqliteFile })).toEqual({ sqliteFile });
    expect(() => findForeignState({ sqliteFile: join(dir, "x".repeat(300)) })).toThrow(
      expect.objectContaining({ code: "unreadable" }),
    );
  });
});
