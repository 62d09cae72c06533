import { posix, win32 } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { safeFileName } from "./file-name.ts";
import { placedPath } from "./placed-path.ts";

const roots = ["/tmp/openclaw/uploads", "/private/tmp/openclaw/uploads"];
const winRoots = ["C:\\Temp\\openclaw\\uploads"];

describe("placedPath", () => {
  it.each([
    ["a.txt", ["a.txt"]],
    ["./a/b.txt", ["a", "b.txt"]],
    ["a//b", ["a", "b"]],
    ["/tmp/openclaw/uploads/a b.txt", ["a b.txt"]],
    ["/private/tmp/openclaw/uploads/ü/x", ["ü", "x"]],
    ["..a/a..b", ["..a", "a..b"]],
    ["C:\\x", ["C:\\x"]],
  ])("takes %s", (given, parts) => {
    expect(placedPath(given, roots, "posix")).toEqual(parts);
  });

  it.each([
    "",
    ".",
    "/",
    "..",
    "../a",
    "a/../../b",
    "a/../b",
    "/etc/passwd",
    "/tmp/openclaw/uploads",
    "/tmp/openclaw/uploads/",
    "/tmp/openclaw/uploads-else/a",
    "/tmp/openclaw/uploads/../x",
    "/TMP/openclaw/uploads/a",
    "a\0.txt",
    "x".repeat(5e3),
  ])("refuses %.40j", (given) => {
    expect(placedPath(given, roots, "posix")).toBeUndefined();
  });

  it.each([
    ["a\\b.txt", ["a", "b.txt"]],
    ["c:/temp/OPENCLAW/uploads/a.txt", ["a.txt"]],
  ])("takes %s on Windows", (given, parts) => {
    expect(placedPath(given, winRoots, "win32")).toEqual(parts);
  });

  it.each([
    "C:a",
    "C:\\x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\Temp\\openclaw\\uploads\\a",
    "\\x",
    "a:stream",
    "nul",
    "CON.txt",
    "com1.log",
    "a.",
    "a ",
    "a\\..\\..\\b",
    "lpt¹",
    "a?b",
    "a	b",
  ])("refuses %j on Windows", (given) => {
    expect(placedPath(given, winRoots, "win32")).toBeUndefined();
  });

  it("never leads out", () => {
    const part = fc.constantFrom(
      "..",
      ".",
      "",
      "a",
      "b.txt",
      "/",
      "\\",
      "C:",
      "tmp",
      "openclaw",
      "uploads",
      "~",
      "\0",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.boolean(), (all, isWindows) => {
        const path = isWindows ? win32 : posix;
        const [root = ""] = isWindows ? winRoots : roots;
        const parts = placedPath(all.join(isWindows ? "\\" : "/"), [root], isWindows ? "win32" : "posix");
        if (parts === undefined) return;
        const end = path.join(root, ...parts);
        expect(end.startsWith(root + path.sep)).toBe(true);
        expect(path.relative(root, end).split(path.sep)).toEqual(parts);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("safeFileName", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Windows\\x.exe", "x.exe"],
    [".bashrc", "bashrc"],
    ["a\u202Efdp.exe", "a_fdp.exe"],
    ["a\r\nb", "a__b"],
    ["nul.txt", "_nul.txt"],
    ["...", "download"],
    ["", "download"],
    ["Bücher.csv", "Bücher.csv"],
  ])("makes of %j %j", (given, wanted) => {
    expect(safeFileName(given)).toBe(wanted);
  });

  it("always gives a short plain name that stays where it is put", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 400, unit: "binary" }), fc.string({ maxLength: 400 })),
        (given) => {
          const name = safeFileName(given);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(160);
          expect(placedPath(`x-${name}`, roots, "posix")).toEqual([`x-${name}`]);
          expect(placedPath(`x-${name}`, winRoots, "win32")).toEqual([`x-${name}`]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("keeps the extension of a long name", () => {
    expect(safeFileName(`${"ü".repeat(300)}.tar.gz`)).toMatch(/^ü+\.gz$/);
  });
});
