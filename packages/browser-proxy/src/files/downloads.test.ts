import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeDownload } from "./download-file.ts";
import { IssuedFiles } from "./issued-files.ts";
import { tempDirs } from "./place.test.support.ts";

const fresh = tempDirs();

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

describe.each([
  ["by descriptor", true],
  ["by path", false],
])("writeDownload %s", (_, byDescriptor) => {
  const save = (root: string, path: string | undefined, suggestedName = "x", limitBytes = 1_000) =>
    writeDownload(
      { root, path, suggestedName, limitBytes, hold: { byDescriptor } },
      chunks("hello ", "world"),
    );

  it("makes the place, and a name of our own around the page's", async () => {
    const root = join(fresh(), "openclaw/downloads");
    const saved = await save(root, undefined, "../../Bericht.pdf");
    expect(saved).toMatchObject({ ok: true, bytes: 11 });
    const path = saved.ok ? saved.path : "";
    expect(path).toMatch(/\/openclaw\/downloads\/[0-9a-f-]{36}-Bericht\.pdf$/);
    expect(readFileSync(path, "utf8")).toBe("hello world");
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(root).mode & 0o777).toBe(0o700);
  });

  it("takes a path below the place, and replaces a file of the same name", async () => {
    const root = fresh();
    mkdirSync(join(root, "a"), { mode: 0o700 });
    writeFileSync(join(root, "a/b.txt"), "before");
    expect(await save(root, "a/b.txt")).toEqual({ ok: true, path: join(root, "a/b.txt"), bytes: 11 });
    expect(await save(root, "new/c.txt")).toMatchObject({ ok: true });
    expect(readFileSync(join(root, "a/b.txt"), "utf8")).toBe("hello world");
    expect(readdirSync(join(root, "a"))).toEqual(["b.txt"]);
    expect(lstatSync(join(root, "new")).mode & 0o777).toBe(0o700);
  });

  it("writes nothing outside, and through no link", async () => {
    const base = fresh();
    const root = join(base, "downloads");
    mkdirSync(root, { mode: 0o700 });
    writeFileSync(join(base, "victim"), "whole");
    symlinkSync(join(base, "victim"), join(root, "link"));
    symlinkSync(base, join(root, "up"));
    for (const path of ["/etc/x", "../victim", "link", "up/victim", "..", ""]) {
      const saved = await save(root, path);
      expect(saved, path).toMatchObject({ ok: false, routeError: expect.stringMatching(/^Invalid path: /) });
    }
    expect(await save(root, "/etc/x")).toMatchObject({
      routeError: "Invalid path: must stay within downloads directory",
    });
    expect(readFileSync(join(base, "victim"), "utf8")).toBe("whole");
    expect(readdirSync(root).toSorted()).toEqual(["link", "up"]);
  });

  it("stops at the limit and leaves nothing behind", async () => {
    const root = fresh();
    expect(await save(root, "a.txt", "x", 10)).toMatchObject({ reason: "too-large" });
    const broken = writeDownload(
      { root, path: "b.txt", suggestedName: "x", hold: { byDescriptor } },
      // eslint-disable-next-line require-yield
      (async function* () {
        yield await Promise.resolve(Buffer.from("half"));
        throw new Error("connection lost");
      })(),
    );
    expect(await broken).toMatchObject({ ok: false });
    expect(readdirSync(root)).toEqual([]);
  });

  it("stays in its directory when that is exchanged for a link meanwhile", async () => {
    const base = fresh();
    const root = join(base, "downloads");
    mkdirSync(join(root, "in"), { recursive: true, mode: 0o700 });
    async function* exchanging(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from("x"));
      renameSync(join(root, "in"), join(root, "moved"));
      symlinkSync(base, join(root, "in"));
    }
    const request = { root, path: "in/a.txt", suggestedName: "x", hold: { byDescriptor } };
    expect(await writeDownload(request, exchanging())).toMatchObject(
      byDescriptor ? { ok: true } : { ok: false, reason: "outside" },
    );
    expect(readdirSync(base)).toEqual(["downloads"]);
    expect(readdirSync(join(root, "moved")).filter((name) => !name.endsWith(".part"))).toEqual(
      byDescriptor ? ["a.txt"] : [],
    );
  });

  it("does not use a place that is a link", async () => {
    const base = fresh();
    symlinkSync(fresh(), join(base, "downloads"));
    expect(await save(join(base, "downloads"), "a")).toMatchObject({ reason: "foreign-place" });
  });
});

describe("IssuedFiles", () => {
  const png = Buffer.from("89504e470d0a1a0a00", "hex");

  it("gives back what our routes made, and nothing else", async () => {
    const root = fresh();
    const issued = new IssuedFiles();
    for (const name of ["a.png", "b.txt", "c.txt"])
      writeFileSync(join(root, name), name === "a.png" ? png : name);
    issued.add(join(root, "a.png"));
    issued.add(join(root, "b.txt"));
    const result = {
      ok: true,
      path: join(root, "a.png"),
      imagePath: "/etc/hostname",
      download: { path: join(root, "c.txt") },
      downloads: [{ path: join(root, "b.txt") }, { path: join(root, "a.png") }, null, "x"],
      cookies: [{ path: "/" }],
    };
    expect(await issued.attach(result)).toEqual({
      ok: true,
      files: [
        { path: join(root, "a.png"), base64: png.toString("base64"), mimeType: "image/png" },
        {
          path: join(root, "b.txt"),
          base64: Buffer.from("b.txt").toString("base64"),
          mimeType: "text/plain",
        },
      ],
    });
    for (const other of [undefined, null, "x", [], { path: 1 }])
      expect(await issued.attach(other)).toEqual({ ok: true, files: [] });
  });

  it("fails the call when a file is gone, too large, or a link by now", async () => {
    const root = fresh();
    const issued = new IssuedFiles();
    const at = (name: string): string => join(root, name);
    writeFileSync(at("big"), Buffer.alloc(10 * 1024 * 1024 + 1));
    symlinkSync("/etc/hostname", at("link"));
    for (const name of ["gone", "big", "link"]) issued.add(at(name));
    expect(await issued.attach({ path: at("big") })).toEqual({
      ok: false,
      message: "browser proxy file exceeds 10MB",
    });
    for (const name of ["gone", "link"])
      expect(await issued.attach({ path: at(name) })).toEqual({
        ok: false,
        message: `browser proxy file read failed for ${at(name)}: Error: file not found`,
      });
  });

  it("forgets the oldest of too many", async () => {
    const root = fresh();
    const issued = new IssuedFiles();
    writeFileSync(join(root, "a"), "a");
    issued.add(join(root, "a"));
    for (let index = 0; index < 1_024; index += 1) issued.add(`/none/${String(index)}`);
    expect(await issued.attach({ path: join(root, "a") })).toEqual({ ok: true, files: [] });
  });
});
