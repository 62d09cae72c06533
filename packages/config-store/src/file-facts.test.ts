import { describe, expect, test } from "vitest";

import { checkDirectory, checkFile } from "./file-facts.ts";
import type { FileFacts } from "./file-facts.ts";

function facts(uid: number, mode: number): FileFacts {
  return {
    uid,
    mode,
    isFile: () => true,
    isDirectory: () => true,
    isSymbolicLink: () => false,
  };
}

describe("whose file counts", () => {
  test("ours and root's files, only our directories, nothing is asked where there are no owners", () => {
    expect(() => checkFile(facts(1000, 0o100600), "/f", "file", { uid: 1000 })).not.toThrow();
    expect(() => checkFile(facts(0, 0o100644), "/f", "file", { uid: 1000 })).not.toThrow();
    expect(() => checkFile(facts(1001, 0o100600), "/f", "file", { uid: 1000 })).toThrow("1001");
    expect(() => checkFile(facts(1001, 0o100666), "/f", "file", { uid: undefined })).not.toThrow();
    expect(() => checkDirectory(facts(0, 0o40700), "/d", "dir", { uid: 1000 })).toThrow("user id 0");
    expect(() => checkDirectory(facts(1000, 0o40775), "/d", "dir", { uid: 1000 })).not.toThrow();
    expect(() => checkDirectory(facts(1000, 0o40707), "/d", "dir", { uid: 1000 })).toThrow("0707");
  });
});
