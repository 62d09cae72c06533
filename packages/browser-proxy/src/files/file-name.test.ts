import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { browserProxyLimits } from "../limits.ts";
import { safeFileName } from "./file-name.ts";

describe("safeFileName", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "passwd"],
    ["..\\boot.ini", "boot.ini"],
    [".profile", "profile"],
    ["a\u202Efdp.exe", "a_fdp.exe"],
    ["NUL.txt", "_NUL.txt"],
    ["...", "download"],
    ["", "download"],
  ])("%j is kept as %j", (suggested, kept) => {
    expect(safeFileName(suggested)).toBe(kept);
  });

  it("is one plain, short name whatever a page suggests", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (suggested) => {
        const name = safeFileName(suggested);
        expect(name).not.toMatch(/[\\/\0\n]|^[.~-]|[. ]$/u);
        expect(name.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(browserProxyLimits.fileNameBytes);
      }),
    );
  });

  it("looks at the end of an endless name only", () => {
    expect(safeFileName(`a${".".repeat(1_000_000)}b.pdf`)).toBe("b.pdf");
  });
});
