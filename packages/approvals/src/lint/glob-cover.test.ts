import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob, matchGlob } from "../match/glob.ts";
import { globCovers } from "./glob-cover.ts";

const part = fc.constantFrom("a", "b", "/", "*", "**", "?");
const glob = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 6 }).map((parts) => parts.join(""));

test("what is covered is matched by the wider pattern too", () => {
  fc.assert(
    fc.property(glob, glob, text, (wide, narrow, path) => {
      if (!globCovers(wide, narrow).covers) return;
      if (matchGlob(compileGlob(narrow), path).matched) {
        expect(matchGlob(compileGlob(wide), path).matched).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["/opt/**", "/opt/*", true],
  ["/opt/*", "/opt/**", false],
  ["/opt/*", "/opt/a", true],
  ["/opt/*", "/opt/a/b", false],
  ["/opt/?", "/opt/*", false],
  ["/opt/*", "/opt/??", true],
  ["**", "/a/?/*", true],
  ["/a", "/a", true],
  ["*", "", true],
])("%s over %s: %s", (wide, narrow, covers) => {
  expect(globCovers(wide, narrow).covers).toBe(covers);
});
