import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { browserProxyLimits } from "../limits.ts";
import { holdDirectory } from "./held-directory.ts";
import { tempDirs } from "./place.test.support.ts";
import { readUploads } from "./read-upload.ts";

const fresh = tempDirs();

function places(): { outside: string; root: string } {
  const base = fresh();
  const root = join(base, "uploads");
  mkdirSync(root, { mode: 0o700 });
  const outside = join(base, "secret.txt");
  writeFileSync(outside, "secret");
  return { outside, root };
}

describe.each([
  ["by descriptor", true],
  ["by path", false],
])("readUploads %s", (_, byDescriptor) => {
  const reason = async (path: string, root: string): Promise<string> => {
    const read = await readUploads([path], root, { byDescriptor });
    return read.ok ? read.files.map(({ bytes }) => bytes.toString()).join() : read.reason;
  };

  it("gives the bytes of files below the place", async () => {
    const { root } = places();
    mkdirSync(join(root, "deep"), { mode: 0o700 });
    writeFileSync(join(root, "a.txt"), "one");
    writeFileSync(join(root, "deep/ü b.txt"), "two");
    writeFileSync(join(root, "empty"), "");
    const paths = ["a.txt", join(root, "deep/ü b.txt"), "empty"];
    expect(await readUploads(paths, root, { byDescriptor })).toEqual({
      ok: true,
      files: [
        { name: "a.txt", bytes: Buffer.from("one") },
        { name: "ü b.txt", bytes: Buffer.from("two") },
        { name: "empty", bytes: Buffer.from("") },
      ],
    });
  });

  it("follows no link, at no depth", async () => {
    const { outside, root } = places();
    symlinkSync(outside, join(root, "link.txt"));
    symlinkSync(join(root, ".."), join(root, "up"));
    expect(await reason("link.txt", root)).toBe("outside");
    expect(["outside", "not-found"]).toContain(await reason("up/secret.txt", root));
    expect(await reason("../secret.txt", root)).toBe("outside");
    expect(await reason(outside, root)).toBe("outside");
  });

  it("takes nothing but regular files, and does not wait for others", async () => {
    const { root } = places();
    mkdirSync(join(root, "folder"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await reason("folder", root)).toBe("not-a-file");
    expect(await reason("pipe", root)).toBe("not-a-file");
    expect(await reason("missing", root)).toBe("not-found");
    expect(await reason("x".repeat(300), root)).toBe("bad-path");
  });

  it("bounds size and number, before it reads", async () => {
    const { root } = places();
    writeFileSync(join(root, "big"), "");
    truncateSync(join(root, "big"), browserProxyLimits.uploadBytes + 1);
    writeFileSync(join(root, "a"), "a");
    expect(await reason("big", root)).toBe("too-large");
    const many = Array.from({ length: browserProxyLimits.uploadFiles + 1 }, () => "a");
    expect(await readUploads(many, root, { byDescriptor })).toMatchObject({ reason: "too-many" });
  });

  it("does not use a place that others can write to, or that is missing", async () => {
    const { root } = places();
    writeFileSync(join(root, "a"), "a");
    chmodSync(root, 0o777);
    expect(await reason("a", root)).toBe("foreign-place");
    expect(await reason("a", join(root, "none"))).toBe("not-found");
  });

  it("says the same texts as the other host, without a path", async () => {
    const { root } = places();
    expect(await readUploads(["/etc/hostname"], root, { byDescriptor })).toMatchObject({
      routeError: "Invalid path: must stay within uploads directory",
    });
  });

  it("takes a second name of a file inside", async () => {
    const { root } = places();
    writeFileSync(join(root, "a"), "a");
    linkSync(join(root, "a"), join(root, "b"));
    expect(await reason("b", root)).toBe("a");
  });
});

describe("a directory that is exchanged for a link while it is held", () => {
  const prepare = (): { root: string; exchange: () => void } => {
    const { root } = places();
    mkdirSync(join(root, "in"), { mode: 0o700 });
    writeFileSync(join(root, "in/secret.txt"), "mine");
    const exchange = (): void => {
      renameSync(join(root, "in"), join(root, "moved"));
      symlinkSync(join(root, ".."), join(root, "in"));
    };
    return { root, exchange };
  };

  it("is still the same one by descriptor", async () => {
    const { root, exchange } = prepare();
    const held = await holdDirectory(root, ["in"], { byDescriptor: true });
    exchange();
    if (!held.ok) throw new Error(held.reason);
    const { readFile } = await import("node:fs/promises");
    expect(await readFile(held.at("secret.txt"), "utf8")).toBe("mine");
    await held.close();
  });

  it("is noticed by path", async () => {
    const { root, exchange } = prepare();
    const held = await holdDirectory(root, ["in"], { byDescriptor: false });
    if (!held.ok) throw new Error(held.reason);
    expect(await held.isSame()).toBe(true);
    exchange();
    expect(await held.isSame()).toBe(false);
    await held.close();
  });
});
