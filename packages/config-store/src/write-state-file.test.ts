import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { asRoot, tempDirs, withUmask } from "./temp-dir.test.support.ts";
import { writeStateFile } from "./write-state-file.ts";

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

describe("writing", () => {
  test("makes the parent and the file owner-only under any umask, replaces at once, leaves nothing", async () => {
    const deep = join(dir, "identity", "keys", "device.json");
    await withUmask(0o777, () => writeStateFile(deep, "one"));
    expect([modeOf(join(dir, "identity")), modeOf(join(dir, "identity", "keys")), modeOf(deep)]).toEqual([
      "700",
      "700",
      "600",
    ]);
    const inode = statSync(deep).ino;
    await writeStateFile(deep, "two é");
    expect(readFileSync(deep, "utf8")).toBe("two é");
    expect(statSync(deep).ino).not.toBe(inode);
    expect(readdirSync(join(dir, "identity", "keys"))).toEqual(["device.json"]);
  });

  test("a loose mode is repaired, another mode is given exactly", async () => {
    writeFileSync(file, "old");
    chmodSync(file, 0o666);
    await writeStateFile(file, "new");
    expect(modeOf(file)).toBe("600");
    await withUmask(0o077, () => writeStateFile(file, "new", { mode: 0o644 }));
    expect(modeOf(file)).toBe("644");
  });

  test("a second name of the old file keeps the old text", async () => {
    await writeStateFile(file, "old");
    linkSync(file, join(dir, "copy"));
    await writeStateFile(file, "new");
    expect(readFileSync(join(dir, "copy"), "utf8")).toBe("old");
  });

  test("a link is never written through or replaced", async () => {
    writeFileSync(join(dir, "target"), "precious");
    symlinkSync(join(dir, "target"), file);
    await expect(writeStateFile(file, "new")).rejects.toMatchObject({ code: "symlink" });
    expect(readFileSync(join(dir, "target"), "utf8")).toBe("precious");
    expect(readdirSync(dir).toSorted()).toEqual(["node.json", "target"]);
  });

  test("directories, linked parents and parents open to everybody", async () => {
    mkdirSync(file);
    await expect(writeStateFile(file, "x")).rejects.toMatchObject({ code: "not-a-file" });
    const linked = join(dir, "linked");
    symlinkSync(file, linked);
    await expect(writeStateFile(join(linked, "x"), "x")).rejects.toMatchObject({ code: "symlink" });
    chmodSync(file, 0o777);
    await expect(writeStateFile(join(file, "x"), "x")).rejects.toMatchObject({
      code: "writable-by-others",
    });
    writeFileSync(join(dir, "plain"), "");
    await expect(writeStateFile(join(dir, "plain", "x"), "x")).rejects.toMatchObject({
      code: "not-a-directory",
    });
  });

  test("a failed write: the error has the path, and no temporary file stays", async () => {
    // The name leaves no room for the temporary one, which makes the system refuse it.
    const long = join(dir, "x".repeat(250));
    await expect(writeStateFile(long, "x", { what: "node file" })).rejects.toMatchObject({
      code: "write-failed",
      details: { path: long },
      message: expect.stringMatching(/^could not write the node file `.*x`: ENAMETOOLONG; /),
    });
    // This one fails after the temporary file is there.
    await expect(writeStateFile(file, "x", { mode: -1 })).rejects.toMatchObject({
      code: "write-failed",
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  test.runIf(asRoot)("somebody else's file is not replaced", async () => {
    writeFileSync(file, "theirs");
    chownSync(file, 4_242, 0);
    await expect(writeStateFile(file, "x")).rejects.toMatchObject({ code: "foreign-owner" });
    expect(readFileSync(file, "utf8")).toBe("theirs");
  });
});
