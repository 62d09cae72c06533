import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { readStateFile } from "./read-state-file.ts";
import { asRoot, tempDirs } from "./temp-dir.test.support.ts";

const freshDir = tempDirs();
let dir = "";
let file = "";
beforeEach(() => {
  dir = freshDir();
  file = join(dir, "node.json");
});

describe("reading", () => {
  test("absent, text, mode, byte order mark", () => {
    expect(readStateFile(file)).toEqual({ kind: "absent" });
    writeFileSync(file, "\uFEFFé {}", { mode: 0o640 });
    expect(readStateFile(file)).toEqual({ kind: "text", text: "\uFEFFé {}", mode: 0o640 });
    writeFileSync(file, "");
    expect(readStateFile(file)).toMatchObject({ kind: "text", text: "" });
  });

  test("the message names what and where, and quotes nothing dangerous", () => {
    const bad = join(dir, "a\u001b[31m`b.json");
    symlinkSync("/etc/hostname", bad);
    expect(() => readStateFile(bad, { what: "node file" })).toThrow(
      /^the node file `.*a\\u\{1b\}\[31m\\u\{60\}b\.json` is a symbolic link, which is not followed; /,
    );
  });

  test("links, also to good files and to nothing", () => {
    writeFileSync(join(dir, "real"), "{}", { mode: 0o600 });
    symlinkSync(join(dir, "real"), file);
    expect(() => readStateFile(file)).toThrow(expect.objectContaining({ code: "symlink" }));
    const nowhere = join(dir, "nowhere");
    symlinkSync(join(dir, "missing"), nowhere);
    expect(() => readStateFile(nowhere)).toThrow(expect.objectContaining({ code: "symlink" }));
  });

  test("directories, named pipes and sockets do not hang or pass", async () => {
    expect(() => readStateFile(dir)).toThrow(expect.objectContaining({ code: "not-a-file" }));
    execFileSync("mkfifo", [file]);
    expect(() => readStateFile(file)).toThrow(expect.objectContaining({ code: "not-a-file" }));
    const socket = join(dir, "sock");
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    expect(() => readStateFile(socket)).toThrow(expect.objectContaining({ code: "not-a-file" }));
    server.close();
    expect(() => readStateFile("/dev/zero")).toThrow(expect.objectContaining({ code: "not-a-file" }));
  });

  test.each([0o620, 0o602, 0o666])("mode %o is refused", (mode) => {
    writeFileSync(file, "{}");
    chmodSync(file, mode);
    expect(() => readStateFile(file)).toThrow(expect.objectContaining({ code: "writable-by-others" }));
  });

  test("size: exactly the limit passes, one byte more does not, sparse files do not cost memory", () => {
    writeFileSync(file, "x".repeat(100));
    expect(readStateFile(file, { maxBytes: 100 })).toMatchObject({ text: "x".repeat(100) });
    expect(() => readStateFile(file, { maxBytes: 99 })).toThrow(
      expect.objectContaining({ code: "too-large" }),
    );
    truncateSync(file, 2 ** 40);
    expect(() => readStateFile(file)).toThrow(expect.objectContaining({ code: "too-large" }));
    // A file whose size reads as zero is bounded by what comes out of it.
    expect(() => readStateFile("/proc/self/environ", { maxBytes: 3 })).toThrow(
      expect.objectContaining({ code: "too-large" }),
    );
  });

  test.each([[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]])("bytes %j are not UTF-8", (...bytes) => {
    writeFileSync(file, Buffer.from([0x22, ...bytes, 0x22]));
    expect(() => readStateFile(file)).toThrow(expect.objectContaining({ code: "not-utf8" }));
  });

  test("a directory in the path that is none, and a name that is too long", () => {
    writeFileSync(file, "{}");
    expect(() => readStateFile(join(file, "x"))).toThrow(expect.objectContaining({ code: "unreadable" }));
    expect(() => readStateFile(join(dir, "x".repeat(300)))).toThrow(
      expect.objectContaining({ code: "unreadable" }),
    );
  });

  test.runIf(asRoot)("somebody else's file", () => {
    writeFileSync(file, "{}", { mode: 0o600 });
    chownSync(file, 4_242, 0);
    expect(() => readStateFile(file)).toThrow(/belongs to user id 4242, we are 0/);
  });
});
