import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EffectivePolicy } from "../policy/effective.ts";
import { entriesFor, type IndexTarget } from "./entry-index.ts";
import { matchProgram, type MatchTarget } from "./entry.ts";

type Listed = EffectivePolicy["allowlist"];

const listOf = (patterns: readonly string[]): Listed =>
  patterns.map((pattern) => ({ agent: "main", entry: { pattern } }));
const tool: IndexTarget = { path: "/bin/tool", name: "tool", pathStyle: "posix", home: "/home/me" };
const found = (list: Listed, target: Partial<IndexTarget> = {}): readonly string[] =>
  entriesFor(list, { ...tool, ...target }).map(({ entry }) => entry.pattern);

test("only entries that may name the program, in their order", () => {
  const list = listOf(["/bin/*", "other", "tool", "/bin/tool", "/opt/**", "*", "/bin/tool", "to?l", "~/x"]);
  expect(found(list)).toEqual(["/bin/*", "tool", "/bin/tool", "*", "/bin/tool", "to?l"]);
  expect(found(list, { path: undefined })).toEqual([]);
  expect(found(list, { path: "/opt/x", name: "x" })).toEqual(["/opt/**", "*"]);
});

test("a list is read anew for another home and another kind of path", () => {
  const list = listOf(["~/tool", "C:\\Bin\\Tool.exe"]);
  const path = "/home/me/tool";
  expect(found(list, { path })).toEqual(["~/tool"]);
  expect(found(list, { path, home: "/home/you" })).toEqual([]);
  expect(found(list, { path: "c:/bin/tool.EXE", name: "tool", pathStyle: "win32" })).toEqual([
    "C:\\Bin\\Tool.exe",
  ]);
  expect(found(list, { path })).toEqual(["~/tool"]);
});

test("no entry is left out that names the program", () => {
  const piece = fc.constantFrom("/", "a", "b", "*", "**", "?", "~", "\\", "A", "C:", "bin", "tool");
  const patterns = fc.array(piece, { maxLength: 6 }).map((all) => all.join(""));
  const paths = fc.array(fc.constantFrom("a", "b", "A", "bin", "tool", "~"), { minLength: 1, maxLength: 3 });
  const target = fc.record({
    parts: paths,
    windows: fc.boolean(),
    searched: fc.boolean(),
    multiCall: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(patterns, { maxLength: 12 }), target, (list, { parts, windows, ...more }) => {
      const path = windows ? `C:\\${parts.join("\\")}` : `/${parts.join("/")}`;
      const name = parts.at(-1) ?? "";
      const pathStyle = windows ? "win32" : "posix";
      const home = "/a";
      const unused = {
        args: [],
        generated: () => undefined,
        content: () => undefined,
        launch: () => undefined,
      };
      const program: MatchTarget = { path, name, pathStyle, home, budget: { steps: 0 }, ...more, ...unused };
      const named = list.filter((pattern) => matchProgram(pattern, program));
      const candidates = found(listOf(list), { path, name, pathStyle, home });
      expect(candidates.filter((pattern) => matchProgram(pattern, program))).toEqual(named);
    }),
    { numRuns: 3000 },
  );
});
